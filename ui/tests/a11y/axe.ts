// Checks a rendered page with axe-core. Used by the mock page and, injected, by the end-to-end tests.
import axe from 'axe-core';

export interface Finding {
  readonly rule: string;
  readonly impact: string;
  readonly help: string;
  readonly where: readonly string[];
}

/** What breaks WCAG 2.2 AA in the page, or below `root`. */
export async function findings(root: Element | Document = document): Promise<Finding[]> {
  const { violations } = await axe.run(root, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations'],
  });
  // A menu floats outside the landmarks and is reached from its button.
  const inMenu = (target: string) =>
    document.querySelector(target)?.closest('[role="menu"]') !== null;
  const counted = violations.filter(
    ({ id, nodes }) => id !== 'region' || !nodes.every((node) => inMenu(String(node.target[0]))),
  );
  return counted.map(({ id, impact, help, nodes }) => ({
    rule: id,
    impact: impact ?? 'unknown',
    help,
    where: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  }));
}
