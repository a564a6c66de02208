// What the mock host says about the desktop it runs on, and what it costs.
import type { Costs, DesktopState, Rpc } from '../../src/lib/api';
import type { World } from './data';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

export const COSTS: Costs = {
  program: { resident: 468e6, proportional: 412e6, processes: 1 },
  web_views: { resident: 301e6, proportional: 164e6, processes: 2 },
  model: 325e6,
  kept: 0,
  processor: 0.014,
  power: { watts: 8.42, of: 'computer' },
  on_battery: true,
};

/** `shortcut` of the address says what became of the shortcut: taken, wayland, … */
export function desktopFor(world: World): Handlers {
  const wish = new URLSearchParams(location.search);
  const problem = (wish.get('shortcut') ?? null) as DesktopState['shortcut']['problem'];
  const autostart = { available: true, enabled: false, stale: wish.has('stale') };
  if (autostart.stale) autostart.enabled = true;
  let looks = 0;
  return {
    desktop_state: () => ({
      tray: !wish.has('no-tray'),
      autostart: { ...autostart },
      shortcut: {
        wanted: world.settings.desktop.shortcut,
        active: problem === null && world.settings.desktop.shortcut !== null,
        problem,
        command: '/usr/bin/hearth-desktop --quick',
      },
      lock: { available: true, configured: false },
    }),
    autostart_set: ({ enabled }) => {
      autostart.enabled = enabled;
      autostart.stale = false;
      return { ...autostart };
    },
    costs: () => ({ ...COSTS, processor: (looks += 1) === 1 ? null : COSTS.processor }),
  };
}
