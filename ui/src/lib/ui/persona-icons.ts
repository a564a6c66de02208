// The icons that a persona can have. Stored by name, so a name never changes its meaning; one that
// is not here (a newer Hearth made it) is drawn as the common one.
import BookOpen from '@lucide/svelte/icons/book-open';
import Bot from '@lucide/svelte/icons/bot';
import Briefcase from '@lucide/svelte/icons/briefcase';
import Bug from '@lucide/svelte/icons/bug';
import Calculator from '@lucide/svelte/icons/calculator';
import ChartNoAxesColumn from '@lucide/svelte/icons/chart-no-axes-column';
import ChefHat from '@lucide/svelte/icons/chef-hat';
import CodeXml from '@lucide/svelte/icons/code-xml';
import Feather from '@lucide/svelte/icons/feather';
import Flame from '@lucide/svelte/icons/flame';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import Globe from '@lucide/svelte/icons/globe';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import Heart from '@lucide/svelte/icons/heart';
import House from '@lucide/svelte/icons/house';
import Languages from '@lucide/svelte/icons/languages';
import Leaf from '@lucide/svelte/icons/leaf';
import Lightbulb from '@lucide/svelte/icons/lightbulb';
import ListCollapse from '@lucide/svelte/icons/list-collapse';
import Mail from '@lucide/svelte/icons/mail';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import Music from '@lucide/svelte/icons/music';
import Newspaper from '@lucide/svelte/icons/newspaper';
import Palette from '@lucide/svelte/icons/palette';
import Plane from '@lucide/svelte/icons/plane';
import Scale from '@lucide/svelte/icons/scale';
import Stethoscope from '@lucide/svelte/icons/stethoscope';
import Terminal from '@lucide/svelte/icons/terminal';
import type { Component } from 'svelte';

type Icon = Component<{ size?: number; strokeWidth?: number }>;

const ICONS = {
  'message-circle': MessageCircle,
  feather: Feather,
  'code-xml': CodeXml,
  'list-collapse': ListCollapse,
  languages: Languages,
  lightbulb: Lightbulb,
  'book-open': BookOpen,
  'graduation-cap': GraduationCap,
  briefcase: Briefcase,
  scale: Scale,
  stethoscope: Stethoscope,
  'flask-conical': FlaskConical,
  calculator: Calculator,
  'chart-no-axes-column': ChartNoAxesColumn,
  terminal: Terminal,
  bug: Bug,
  bot: Bot,
  mail: Mail,
  newspaper: Newspaper,
  palette: Palette,
  music: Music,
  'chef-hat': ChefHat,
  plane: Plane,
  globe: Globe,
  house: House,
  heart: Heart,
  leaf: Leaf,
  flame: Flame,
} as const satisfies Record<string, Icon>;

export type PersonaIconName = keyof typeof ICONS;

export const PERSONA_ICONS = Object.keys(ICONS) as readonly PersonaIconName[];

/** What a persona without an icon of its own has. */
export const COMMON_ICON: PersonaIconName = 'message-circle';

/** The icon of a stored name. */
export function iconNamed(name: string): PersonaIconName {
  return Object.hasOwn(ICONS, name) ? (name as PersonaIconName) : COMMON_ICON;
}

export function drawingOf(name: PersonaIconName): Icon {
  return ICONS[name];
}
