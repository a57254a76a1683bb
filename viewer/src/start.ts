/** Runs before anything else of the viewer: the code and the answers that the address needs are asked for at once. */
import { loadAhead } from './panels/screens'
import { headStart } from './wire/head_start'

headStart(location.hash)
loadAhead(location.hash)
