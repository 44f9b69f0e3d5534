"""The neural attacker of bench_leakage.py: a word LSTM that lists likely passages. Needs torch."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable

import torch
from torch import Tensor, nn

FORMS = 10_000
WIDE = 256
ROWS, STEPS = 32, 32
CONTEXT = 200
HEAD = 64
State = tuple[Tensor, Tensor]


class Network(nn.Module):
    """One LSTM layer; form 0 stands for every unknown word, the others go by frequency."""

    def __init__(self, forms: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(forms, WIDE)
        self.drop = nn.Dropout(0.1)
        self.layer = nn.LSTM(WIDE, WIDE, batch_first=True)
        cuts = [cut for cut in (1000, 4000) if cut < forms - 1]
        self.out = nn.AdaptiveLogSoftmaxWithLoss(WIDE, forms, cuts, div_value=2)

    def forward(self, ids: Tensor, state: State | None) -> tuple[Tensor, State]:
        """What stands above each word, and the state after the last."""
        above, after = self.layer(self.drop(self.embed(ids)), state)
        return self.drop(above), after


class Neural:
    """A word language model trained for some minutes on other texts."""

    def __init__(self, text: list[str], minutes: float) -> None:
        self.forms = ["", *(form for form, _ in Counter(text).most_common(FORMS))]
        self.number = {form: n for n, form in enumerate(self.forms) if n}
        torch.manual_seed(0)
        self.network = Network(len(self.forms))
        read = self._train(self._ids(text), minutes)
        self.about = f"an LSTM of {WIDE}, {len(self.forms) - 1:,} forms, {len(text):,} words of "
        self.about += f"other texts read {read:.1f} times in {minutes:g} minutes"

    def _ids(self, text: list[str]) -> Tensor:
        return torch.tensor([self.number.get(word, 0) for word in text], dtype=torch.long)

    def _train(self, ids: Tensor, minutes: float) -> float:
        """Read the text again and again till time is up; how often it was read."""
        size = len(ids) // ROWS
        rows = ids[: size * ROWS].view(ROWS, size)
        learner = torch.optim.Adam(self.network.parameters())
        begun, done, at = time.perf_counter(), 0, 0
        state: State | None = None
        while (spent := (time.perf_counter() - begun) / (60 * minutes)) < 1:
            if at + STEPS >= size:
                at, state = 0, None
            learner.param_groups[0]["lr"] = 0.004 * (1 - spent)
            above, (hidden, cell) = self.network(rows[:, at : at + STEPS], state)
            state = (hidden.detach(), cell.detach())
            goal = rows[:, at + 1 : at + STEPS + 1].reshape(-1)
            learner.zero_grad()
            self.network.out(above.reshape(-1, WIDE), goal).loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            learner.step()
            at, done = at + STEPS, done + STEPS * ROWS
        self.network.eval()
        return done / len(ids)

    @torch.inference_mode()
    def surprise(self, before: list[str], text: list[str]) -> tuple[float, float]:
        """Bits a word, an unknown one counted as known once known to be unknown; share foretold."""
        goal = self._ids(text)
        ids = torch.cat([torch.zeros(1, dtype=torch.long), self._ids(before[-CONTEXT:]), goal])
        above, _ = self.network(ids[None, :-1], None)
        logs = self.network.out.log_prob(above[0, -len(text) :])
        bits = -logs.gather(1, goal[:, None]).mean().item() / math.log(2)
        told = (logs.argmax(1) == goal) & (goal > 0)
        return bits, told.double().mean().item()

    def runs(self, before: list[str], length: int, beam: int) -> list[tuple[str, ...]]:
        """The likeliest runs of words after given ones, of which it sees the last CONTEXT."""
        known = torch.zeros(len(self.forms))
        known[0] = -math.inf
        return self._search(before, [known] * length, beam)

    def recover(self, options: Iterable[list[str]], beam: int) -> tuple[str, ...]:
        """The likeliest text when each word is one of some, or an unknown word with its hash."""
        return self._search([], map(self._allowed, options), beam)[0]

    def _allowed(self, words: list[str]) -> Tensor:
        found = torch.full((len(self.forms),), -math.inf)
        found[self._ids(words)] = 0.0
        found[0] = -8 * math.log(2)  # one unknown word in 256 has the hash
        return found

    @torch.inference_mode()
    def _search(self, before: list[str], weights: Iterable[Tensor], beam: int) -> list[tuple]:
        """Beam search: the best runs first, each word weighed by what is added to its score."""
        start = torch.cat([torch.zeros(1, dtype=torch.long), self._ids(before[-CONTEXT:])])
        above, (hidden, cell) = self.network(start[None], None)
        total, done = torch.zeros(1), torch.zeros(1, 0, dtype=torch.long)
        for weight in weights:
            logs = self.network.out.log_prob(above[:, -1])
            total, at = _best(logs.add_(total[:, None]).add_(weight), beam)
            parent, word = at // len(weight), at % len(weight)
            done = torch.cat([done[parent], word[:, None]], dim=1)
            above, (hidden, cell) = self.network(
                word[:, None], (hidden[:, parent], cell[:, parent])
            )
        return [tuple(self.forms[n] for n in row) for row in done.tolist()]


def _best(scores: Tensor, beam: int) -> tuple[Tensor, Tensor]:
    """The highest scores and their places; the commonest words alone tell how high they are."""
    least = torch.finfo().min
    common = scores[:, :HEAD].flatten()
    if len(common) >= beam:
        least = max(least, common.topk(beam).values[-1].item())
    flat = scores.flatten()
    at = (flat >= least).nonzero()[:, 0]
    top = flat[at].topk(min(beam, len(at)))
    return top.values, at[top.indices]
