// What our page and the frame that draws a diagram say to each other. The frame has no origin, so
// anything may come from there: it is looked at as the number and the text that it claims to be.

/** Colours for a diagram, as hexadecimal numbers. */
export interface DiagramLook {
  readonly dark: boolean;
  readonly ground: string;
  readonly surface: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
}

/** To the frame. */
export interface DrawOrder {
  readonly order: 'draw';
  readonly source: string;
  readonly look: DiagramLook;
}

/** From the frame. */
export type DiagramReport =
  | { readonly report: 'ready' }
  | { readonly report: 'drawn'; readonly height: number }
  | { readonly report: 'failed'; readonly reason: string };

const MAX_HEIGHT = 4000;
const MAX_REASON = 600;

/** The report, if the message is one and came from that frame and from nobody with an origin. */
export function diagramReport(event: MessageEvent, frame: Window | null): DiagramReport | null {
  if (frame === null || event.source !== frame || event.origin !== 'null') return null;
  const said: unknown = event.data;
  if (typeof said !== 'object' || said === null || !('report' in said)) return null;
  const { report, height, reason } = said as Record<string, unknown>;
  if (report === 'ready') return { report };
  if (report === 'drawn' && typeof height === 'number' && height >= 0) {
    return { report, height: Math.min(MAX_HEIGHT, Math.ceil(height)) };
  }
  if (report === 'failed' && typeof reason === 'string') {
    return { report, reason: reason.slice(0, MAX_REASON) };
  }
  return null;
}

/** The look of the page as it is now. */
export function currentLook(): DiagramLook {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => asHex(style.getPropertyValue(name));
  const ground = colour('--sunken');
  return {
    dark: lightness(ground) < 0.5,
    ground,
    surface: colour('--surface'),
    text: colour('--text'),
    muted: colour('--muted'),
    line: colour('--border'),
    accent: colour('--accent'),
  };
}

/** A colour of any notation as the web view paints it. */
function asHex(colour: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  document.body.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!paint) return '#808080';
  paint.fillStyle = computed;
  paint.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = paint.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function lightness(hex: string): number {
  const part = (at: number) => parseInt(hex.slice(at, at + 2), 16) / 255;
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

/** Calls back when the theme or the contrast changes. Returns the end of it. */
export function onLookChange(changed: () => void): () => void {
  const seen = new MutationObserver(changed);
  seen.observe(document.documentElement, {
    attributeFilter: ['data-theme', 'data-contrast', 'style'],
  });
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((query) =>
    matchMedia(query),
  );
  for (const query of queries) query.addEventListener('change', changed);
  return () => {
    seen.disconnect();
    for (const query of queries) query.removeEventListener('change', changed);
  };
}
