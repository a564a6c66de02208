// Runs axe-core, which was put into the page before, and gives the faults to the driver. The rules
// are those of ui/tests/a11y/axe.ts; where only the colours changed, only that of the colours.
const [colours, done] = arguments;
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const runOnly = colours ? ['color-contrast'] : tags;
// A menu floats outside the landmarks and is reached from its button.
const inMenu = ({ target }) =>
  document.querySelector(String(target[0]))?.closest('[role="menu"]') != null;
axe.run(document, { runOnly, resultTypes: ['violations'] }).then(
  ({ violations }) => {
    const counted = violations.filter(({ id, nodes }) => id !== 'region' || !nodes.every(inMenu));
    const lines = counted.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
    done(lines);
  },
  (error) => done([`axe: ${error}`]),
);
