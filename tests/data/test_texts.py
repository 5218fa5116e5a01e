import pickle

import numpy as np
import torch

from gcnlabel.data import ArrayDataset, TextBatch, Texts, whole_batch
from gcnlabel.data.on_demand import as_batch

WORDS = ["rain", "snow", "sun", "wind"]


def test_rows_of_texts():
    texts = Texts(WORDS)
    assert texts.shape == (4,)
    assert texts[1] == ["snow"]
    assert texts[np.array([3, 0])] == ["wind", "rain"]
    assert texts[torch.tensor([True, False, True, False])] == ["rain", "sun"]
    part = texts.select([3, 1])
    assert (len(part), part[:], texts[:]) == (2, ["wind", "snow"], WORDS)
    assert pickle.loads(pickle.dumps(part))[0] == ["wind"]


def test_a_batch_of_texts_goes_through_a_loader_and_stays_where_it_is():
    dataset = ArrayDataset(Texts(WORDS), {"a": torch.arange(4)})
    loader = torch.utils.data.DataLoader(dataset, batch_size=3, collate_fn=whole_batch, num_workers=1)
    (inputs, targets), _ = loader
    assert isinstance(inputs, TextBatch)
    assert inputs == WORDS[:3]
    assert targets["a"].tolist() == [0, 1, 2]
    assert as_batch(inputs).to("cpu", non_blocking=True) is inputs
