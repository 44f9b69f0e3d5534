"""`ijcorpus adjudicate --here`: disputes one after the other, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from ijcorpus.adjudicate import Worksheet, decided, worksheet
from ijcorpus.adjudicate.compare import OTHER
from ijcorpus.adjudicate.form import DisputeForm, ReadingForm, StanceForm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from ijcorpus.adjudicate import Dispute
    from ijcorpus.annotation import Decision, Reading
    from ijcorpus.cli.context import Context
    from ijcorpus.cli.settling import Settling

COLOURS = ("yellow", "cyan", "magenta", "green", "blue", "red")
HELP = """\
  1, 2 ...  the reading of that annotator stands
  n         nothing stands here
  o         write what stands instead, in your editor
  s         leave it for later
  u         take the last decision back
  q         stop; everything decided is saved"""


def decide_here(ctx: Context, settling: Settling, document: str | None = None) -> None:
    """Ask for a decision on each open dispute; each is on record before the next is shown."""
    documents = [settling.space.source(document).id] if document else settling.documents()
    try:
        for name in documents:
            _Session(ctx, settling, name).run()
    except (click.Abort, EOFError):
        ctx.progress.print("\nStopped. Every decision is saved; go on with the same command.")


class _Session:
    def __init__(self, ctx: Context, settling: Settling, document: str) -> None:
        self.console, self.settling, self.document = ctx.progress, settling, document
        self.scheme = settling.space.scheme
        self.text = settling.text(document)
        self.made: list[Decision] = []

    def run(self) -> None:
        """All open disputes of the document, those left for later once more at the end."""
        found = self.settling.open(self.document)
        at, later = 0, set[str]()
        while at < len(found):
            dispute = found[at]
            self.show(dispute, at + 1, len(found))
            key = self.key(f"1-{len(dispute.readings)} n o s u q ?")
            if key == "q":
                raise click.Abort
            if key == "s":
                later.add(dispute.key)
                at += 1
            elif key == "u":
                at = self.undo(found, at)
            elif key == "?":
                self.console.print(HELP, highlight=False)
            elif self.decide(dispute, key):
                at += 1
        if later:
            self.console.print(f"{self.document}: {len(later)} disputes were left for later.")

    def undo(self, found: list[Dispute], at: int) -> int:
        """Take back the last decision of this session; the place of its dispute."""
        if not self.made:
            self.console.print("There is nothing to take back in this document.")
            return at
        last = self.made.pop()
        self.settling.take_back(last)
        return next(n for n, dispute in enumerate(found) if dispute.key == last.dispute)

    def decide(self, dispute: Dispute, key: str) -> bool:
        """Whether a key, a reason and a note made a decision that stands."""
        names = [reading.annotator for reading in dispute.readings]
        reading: ReadingForm | None = None
        if key.isdecimal() and 1 <= int(key) <= len(names):
            choice = names[int(key) - 1]
        elif key == "n":
            choice, reading = OTHER, ReadingForm()
        elif key == "o":
            choice, reading = OTHER, self.written(dispute)
            if reading is None:
                return False
        else:
            self.console.print(HELP, highlight=False)
            return False
        reason = self.reason()
        note = str(click.prompt("note", default="", show_default=False, err=True))
        return self.keep(dispute, choice, reason, note, reading)

    def keep(
        self,
        dispute: Dispute,
        choice: str,
        reason: str,
        note: str,
        reading: ReadingForm | None,
    ) -> bool:
        """Check the decision as a worksheet's would be, and put it on record."""
        ground = self.settling.ground(self.document)
        sheet = worksheet(ground.document, [dispute], self.scheme)
        form = msgspec.structs.replace(
            sheet.disputes[0], choice=choice, reason=reason, note=note, reading=reading
        )
        sheet = msgspec.structs.replace(sheet, disputes=(form,))
        made, problems = decided(sheet, ground, by=self.settling.by)
        if not problems:
            problems = self.settling.keep(made, replace=False)[2]
        for problem in problems:
            self.console.print(problem, style="bold red", soft_wrap=True, markup=False)
        if problems:
            return False
        self.made += made
        return True

    def written(self, dispute: Dispute) -> ReadingForm | None:
        """What the adjudicator writes in an editor, beginning with the first reading."""
        first = self.form(dispute).readings[dispute.readings[0].annotator]
        template = msgspec.structs.replace(first, marked="")
        data = msgspec.json.format(msgspec.json.encode(template), indent=1).decode()
        said = click.edit(data + "\n", extension=".json")
        if said is None:
            self.console.print("Nothing was saved in the editor; nothing is decided.")
            return None
        try:
            return msgspec.json.decode(said, type=ReadingForm)
        except msgspec.DecodeError as error:
            self.console.print(f"{error}. Nothing is decided.", style="bold red", markup=False)
            return None

    def form(self, dispute: Dispute) -> DisputeForm:
        """The dispute as a worksheet shows it."""
        document = self.settling.space.standoff(self.document)
        sheet: Worksheet = worksheet(document, [dispute], self.scheme, text=self.text)
        return sheet.disputes[0]

    def reason(self) -> str:
        """One of the scheme's reasons, by its number."""
        for number, reason in enumerate(self.scheme.reasons, start=1):
            self.console.print(
                f"  {number} {reason.id}: {reason.description}", highlight=False, markup=False
            )
        while True:
            key = self.key("reason")
            if key == "q":
                raise click.Abort
            if key.isdecimal() and 1 <= int(key) <= len(self.scheme.reasons):
                return self.scheme.reasons[int(key) - 1].id

    def key(self, prompt: str) -> str:
        """One key, without the return key; the end of the input stops."""
        self.console.print(prompt, style="bold", end=" > ", highlight=False)
        pressed = click.getchar()
        if pressed in ("", "\x03", "\x04"):
            raise click.Abort
        self.console.print(pressed, highlight=False, markup=False)
        return pressed

    def show(self, dispute: Dispute, number: int, total: int) -> None:
        """The sentence as each annotator marked it, and what each said, in their colours."""
        self.console.rule(
            f"{self.document}: {dispute.kind} {number} of {total} ({dispute.key})", align="left"
        )
        form = self.form(dispute)
        for at, reading in enumerate(dispute.readings):
            colour = COLOURS[at % len(COLOURS)]
            shown = form.readings[reading.annotator]
            self.console.print(
                f"{at + 1} {reading.annotator}", style=f"bold {colour}", markup=False
            )
            if shown.marked:
                self.console.print(_coloured(shown.marked, colour))
            lines = [*self.said(shown, reading)]
            for line in lines or ["nothing here"]:
                self.console.print(f"   {line}", style=colour, markup=False, highlight=False)

    def said(self, form: ReadingForm, reading: Reading) -> Iterator[str]:
        """What a reading says, line by line."""
        registry = self.settling.space.registry
        for e in form.entities:
            name = f"({registry[e.entity_id].name})" if e.entity_id in registry else ""
            words = self.words(e.start, e.end)
            yield " ".join(filter(None, (words, e.label, e.entity_id, name, e.sense)))
        for stance in form.stances:
            yield _stance(stance, self.words(*stance.evidence))
        for target, polarity in (form.author or {}).items():
            yield f"the author: {target} {polarity}"
        for flag in reading.flags:
            yield f"flag: {flag}"

    def words(self, start: int, end: int) -> str:
        """The words of a span, or its place where the text is not at hand."""
        return f"[{start}, {end})" if self.text is None else f"“{self.text[start:end]}”"


def _stance(stance: StanceForm, words: str) -> str:
    holder = stance.holder
    if not isinstance(holder, str) and holder is not None:
        who = holder.words or str(holder.mention)
        holder = f"{who} ({holder.type})" if holder.type else who
    said = [words, holder or "nobody", "->", stance.target or "?", stance.polarity or "?"]
    said += [stance.attribution or "?", *stance.flags]
    return " ".join([*said, f"({stance.note})"] if stance.note else said)


def _coloured(marked: str, colour: str) -> Text:
    """The marked sentence with what is inside the brackets in colour."""
    from rich.text import Text

    shown = Text()
    depth = 0
    for character in marked:
        depth += character in "⟦⟨"
        shown.append(character, style=colour if depth else "")
        depth -= character in "⟧⟩"
    return shown
