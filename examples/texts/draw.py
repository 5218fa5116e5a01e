"""Draw short notes on hotels: what each is about (tags), and how pleased the guest was (1 to 5, partly missing).

Run as ``python examples/texts/draw.py notes.csv``.
"""

import random
import sys

import polars as pl

THINGS = {
    "room": ("the room", "our bed", "the bathroom", "the view from the window"),
    "food": ("breakfast", "the dinner", "the coffee", "the menu"),
    "staff": ("the receptionist", "our waiter", "the staff", "the porter"),
    "price": ("the price", "the bill", "what we paid", "the deposit"),
}
JUDGED = {
    1: ("was a disgrace", "made us leave early", "was the worst of the whole journey"),
    2: ("was a disappointment", "could be much better", "was not what we had been promised"),
    3: ("was all right", "was as expected", "was neither good nor bad"),
    4: ("was a pleasant surprise", "was really good", "made us smile"),
    5: ("was perfect", "was the best we have ever had", "could not be better"),
}


def note(rng: random.Random) -> dict[str, object]:
    """Return a note and its annotations; a third of the ratings are missing."""
    about = rng.sample(sorted(THINGS), rng.choice([1, 1, 2]))
    rating = rng.choice(list(JUDGED))
    said = [f"{rng.choice(THINGS[thing])} {rng.choice(JUDGED[rating])}" for thing in about]
    tags = {thing: int(thing in about) for thing in THINGS}
    return {"text": " and ".join(said).capitalize() + ".", **tags, "rating": rating if rng.random() < 2 / 3 else None}


if __name__ == "__main__":
    rng = random.Random(0)
    pl.DataFrame([note(rng) for _ in range(400)]).write_csv(sys.argv[1])
    print(f"{sys.argv[1]}: 400 notes")
