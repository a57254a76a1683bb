/** What is attached to elements of several panels. */

/** Scrolls an element into view when it becomes the chosen one. */
export const intoView = (on: boolean) => (node: HTMLElement): void => { if (on) node.scrollIntoView({ block: 'nearest' }) }

/** The element has the focus as soon as it is there. */
export const focus = (node: HTMLElement): void => node.focus()
