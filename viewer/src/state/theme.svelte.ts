/** Light, dark, or as the system says. */
export type Theme = 'system' | 'light' | 'dark'
const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem('tushen.theme')
const chosen = $state<{ theme: Theme }>({ theme: kept === 'light' || kept === 'dark' ? kept : 'system' })

export function theme(): Theme { return chosen.theme }
export function setTheme(next: Theme): void {
  chosen.theme = next
  localStorage.setItem('tushen.theme', next)
  applyTheme()
}
export function applyTheme(): void {
  if (chosen.theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen.theme
}
