"""What was measured, what it is held against, and the table of both."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from measure import Server

NOISY = 0.3
OURS, THEIRS = "hearth", "llama.cpp"


@dataclass(frozen=True)
class Goal:
    """What must hold of the values of both; `None` where this run cannot tell."""

    says: str
    holds: Callable[[list[float], list[float]], bool | None]


def ratio(ours: list[float], theirs: list[float]) -> float | None:
    """Hearth's median over the peer's."""
    if not ours or not theirs or not statistics.median(theirs):
        return None
    return statistics.median(ours) / statistics.median(theirs)


def at_least(bound: float) -> Goal:
    """The ratio is no less."""
    known = lambda found: None if found is None else found >= bound  # noqa: E731
    return Goal(f"ratio >= {bound:g}", lambda ours, theirs: known(ratio(ours, theirs)))


def at_most(bound: float, own: float | None = None) -> Goal:
    """The ratio is no more; nor is Hearth's own value more than `own`."""

    def holds(ours: list[float], theirs: list[float]) -> bool | None:
        found = ratio(ours, theirs)
        if found is None:
            return None
        return found <= bound and (own is None or statistics.median(ours) <= own)

    return Goal(f"ratio <= {bound:g}" + (f", <= {own:g}" if own is not None else ""), holds)


def own_at_most(bound: float) -> Goal:
    """Hearth's own value is no more."""
    known = lambda ours: statistics.median(ours) <= bound if ours else None  # noqa: E731
    return Goal(f"ours <= {bound:g}", lambda ours, _: known(ours))


def own_at_least(bound: float) -> Goal:
    """Hearth's own value is no less."""
    known = lambda ours: statistics.median(ours) >= bound if ours else None  # noqa: E731
    return Goal(f"ours >= {bound:g}", lambda ours, _: known(ours))


@dataclass
class Sheet:
    """The rows of all workloads."""

    rows: list[dict] = field(default_factory=list)
    goals: dict[tuple[str, str], Goal | None] = field(default_factory=dict)
    # Facts that are no row: limits, versions, what was left out and why.
    notes: dict[str, list] = field(default_factory=dict)

    def row(self, workload: str, what: str, goal: Goal | None = None) -> Recorder:
        """A row of the table, by its name; its goal is stated once."""
        self.goals.setdefault((workload, what), goal)
        return Recorder(self, workload, what)

    def note(self, workload: str, fact: object) -> None:
        """Something to be said beside the table."""
        self.notes.setdefault(workload, []).append(fact)

    def lines(self) -> list[dict]:
        """Medians, spreads, ratios, and whether each goal holds."""
        return [self.line(*name) for name in self.goals]

    def line(self, workload: str, what: str) -> dict:
        mine = [it for it in self.rows if (it["workload"], it["what"]) == (workload, what)]
        ours, theirs = ([it["value"] for it in mine if it["server"] == name] for name in (OURS, THEIRS))
        goal = self.goals[workload, what]
        return {
            "workload": workload, "what": what,
            "ours": middle(ours), "peer": middle(theirs), "ratio": ratio(ours, theirs),
            "goal": goal and goal.says, "holds": goal and goal.holds(ours, theirs),
            "rows": len(mine), "noisy": sum(it["noisy"] for it in mine),
        }  # fmt: skip


@dataclass
class Recorder:
    """Writes values of one row down."""

    sheet: Sheet
    workload: str
    what: str

    def add(self, server: Server, value: float, others: float, **more: object) -> None:
        """A value, how many processors others took meanwhile, and what else is worth keeping."""
        self.sheet.rows.append({"workload": self.workload, "what": self.what, "server": server.name,
                                "value": value, "others": round(others, 2), "noisy": others > NOISY,
                                **more})  # fmt: skip


def middle(values: list[float]) -> dict | None:
    """Median, and the quarters around it."""
    if not values:
        return None
    if len(values) == 1:
        return {"median": values[0], "low": values[0], "high": values[0]}
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": median, "low": low, "high": high}


def share(values: list[float], part: float) -> float:
    """The value that this part of all values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0.0


def number(value: float) -> str:
    """With as many digits as mean something."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def cell(found: dict | None) -> str:
    if found is None:
        return "-"
    return f"{number(found['median'])} ({number(found['low'])}-{number(found['high'])})"


def show(lines: list[dict]) -> None:
    """Prints the table for people."""
    print(f"{'':<54}{'hearth (quartiles)':>24}{'llama.cpp':>24}{'ratio':>8}  {'goal':<22}{'holds':<7}rows noisy")
    for line in lines:
        holds = {True: "yes", False: "NO", None: "-"}[line["holds"]]
        quotient = "-" if line["ratio"] is None else f"{line['ratio']:.3f}"
        print(
            f"{line['workload'] + ' ' + line['what']:<54}{cell(line['ours']):>24}{cell(line['peer']):>24}"
            f"{quotient:>8}  {line['goal'] or '-':<22}{holds:<7}{line['rows']:>4}{line['noisy']:>6}"
        )
