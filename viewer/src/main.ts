/** The door of the viewer. */
import './start'
import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'
import { applyTheme } from './state/theme.svelte'
import { language, setLanguage } from './words/words.svelte'

setLanguage(language())
applyTheme()
mount(App, { target: document.getElementById('app')! })
