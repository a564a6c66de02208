// Starts the user interface of the quick chat: its first picture at once, and when that is seen the
// page that takes its place. In a browser there is none: its commands are those of a window, and
// the page stays empty.
import '@fontsource-variable/inter/index.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/quick.css';
import './styles/quick-frame.css';
import { hintOf, lookOf, showFirst } from '$features/quick-first';
import { askEarly } from '$lib/host/early';
import { chooseLocale, directionOf } from '$lib/i18n/locale';
import { applyAppearance } from '$lib/state/theme';

/** A font that does not come is not waited for, and a window made ahead is not seen. */
const PATIENCE = 200;

const patient = <T>(what: Promise<T>) =>
  Promise.race([
    what.catch(() => null),
    new Promise<null>((resolve) =>
      setTimeout(() => {
        resolve(null);
      }, PATIENCE),
    ),
  ]);

/** The fonts of a text. Laid out before they are there it would ask the system for every family of
    the stack, and WebKit compares each with all its aliases: longer than all the rest of the picture. */
const fontsOf = (text: string) =>
  document.fonts.load("400 1.125rem 'Inter Variable', 'Noto Sans Arabic Variable'", `a${text}`);

const painted = () =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

const page = document.getElementById('first');
const target = document.getElementById('app');
if (page && target && '__TAURI_INTERNALS__' in window) {
  const [look, hint] = [lookOf(location.search), hintOf(location.search)];
  if (look) applyAppearance(look);
  const locale = chooseLocale(look?.language ?? null, navigator.languages);
  document.documentElement.lang = locale;
  document.documentElement.dir = directionOf(locale);
  const [kept] = await Promise.all([patient(askEarly('quick_get')), patient(fontsOf(hint))]);
  const onhide = () => void askEarly('quick_hide');
  const first = showFirst(page, { hint, kept, onhide });
  await askEarly('ui_ready');
  await patient(painted());
  const { takeOver } = await import('./quick-page');
  await takeOver(target, look, first);
}
