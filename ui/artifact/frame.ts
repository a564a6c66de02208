// Runs inside the frame that draws a diagram: no origin, no network, nothing of the application's.
// It knows one order and gives three reports (`src/lib/markdown/diagram.ts`).
//
// The text of a diagram is a model's. Mermaid's strict level takes its HTML and its clicks away; and
// should something get through, it finds itself alone here.
import type { Mermaid, MermaidConfig } from 'mermaid';
import type { DiagramLook, DiagramReport, DrawOrder } from '../src/lib/markdown/diagram';

declare const mermaid: Mermaid;

/** A diagram this much wider than its place is no longer shrunk but scrolls. */
const LEAST_SCALE = 0.6;

// WebKitGTK offers the program's message port to every frame. Nothing here needs it. What holds it
// cannot be taken away, so the way from there to the port is.
try {
  const holder: unknown = Reflect.get(window, 'webkit');
  if (typeof holder === 'object' && holder !== null) {
    const hidden = { value: undefined, configurable: false };
    Object.defineProperty(Object.getPrototypeOf(holder), 'messageHandlers', hidden);
  }
} catch {
  // It cannot be hidden; the program refuses what comes without its key.
}

const place = document.getElementById('place') ?? document.body;
let drawings = 0;

function report(said: DiagramReport): void {
  // Whoever framed this page, a size and the reason of a failure are no secrets.
  parent.postMessage(said, '*');
}

addEventListener('message', (event: MessageEvent) => {
  if (event.source !== parent) return;
  const order: unknown = event.data;
  if (typeof order !== 'object' || order === null) return;
  const { source, look } = order as Partial<DrawOrder>;
  if (typeof source !== 'string' || typeof look !== 'object') return;
  void draw({ order: 'draw', source, look });
});

async function draw(order: DrawOrder): Promise<void> {
  drawings += 1;
  const own = drawings;
  try {
    mermaid.initialize(configuration(order.look));
    const { svg } = await mermaid.render(`diagram-${String(own)}`, order.source);
    if (own === drawings) show(svg);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (own === drawings) report({ report: 'failed', reason });
  }
}

function configuration(look: DiagramLook): MermaidConfig {
  return {
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    maxTextSize: 20_480,
    maxEdges: 400,
    htmlLabels: false,
    flowchart: { htmlLabels: false, useMaxWidth: true },
    deterministicIds: true,
    // What the text of a diagram may not change by a directive of its own.
    secure: [
      'secure',
      'securityLevel',
      'startOnLoad',
      'maxTextSize',
      'maxEdges',
      'suppressErrorRendering',
      'htmlLabels',
      'flowchart',
      'dompurifyConfig',
      'themeCSS',
      'fontFamily',
      'altFontFamily',
    ],
    look: 'classic',
    theme: 'base',
    fontFamily: 'system-ui, sans-serif',
    themeVariables: {
      darkMode: look.dark,
      background: look.ground,
      fontSize: '14px',
      useGradient: false,
      dropShadow: 'none',
      primaryColor: look.surface,
      primaryTextColor: look.text,
      primaryBorderColor: look.line,
      secondaryColor: look.ground,
      secondaryTextColor: look.text,
      tertiaryColor: look.ground,
      tertiaryTextColor: look.text,
      lineColor: look.muted,
      textColor: look.text,
      noteBkgColor: look.surface,
      noteTextColor: look.text,
      noteBorderColor: look.accent,
      activationBorderColor: look.accent,
    },
  };
}

/** The drawing as nodes, read as the XML that it is and not as a page. */
function show(svg: string): void {
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  const drawing =
    parsed.localName === 'svg'
      ? parsed
      : new DOMParser().parseFromString(svg, 'text/html').querySelector('svg');
  if (!drawing) {
    report({ report: 'failed', reason: '' });
    return;
  }
  const own = document.importNode(drawing, true);
  unlink(own);
  const width = Number(own.getAttribute('viewBox')?.split(/[\s,]+/)[2]) || 0;
  own.style.minWidth = `${String(Math.floor(width * LEAST_SCALE))}px`;
  place.replaceChildren(own);
  tell();
}

/** A link of a diagram would lead this frame away, into nothing; it stays as its text. */
function unlink(drawing: Element): void {
  for (const link of drawing.querySelectorAll('a')) {
    for (const name of link.getAttributeNames()) {
      if (/(?:^|:)href$|^target$|^on/i.test(name)) link.removeAttribute(name);
    }
  }
}

addEventListener(
  'click',
  (event) => {
    event.preventDefault();
  },
  true,
);

function tell(): void {
  if (place.firstElementChild) report({ report: 'drawn', height: place.scrollHeight });
}

new ResizeObserver(tell).observe(place);
report({ report: 'ready' });
