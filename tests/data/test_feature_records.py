import json

import numpy as np
import pytest

from gcnlabel.data import load_features
from gcnlabel.data.feature_records import check_same_encoder
from gcnlabel.errors import InputError
from gcnlabel.sources.table import Table

RECORD = {"encoder": "timm:a", "weights": "0", "preprocessing": "b", "rows": 2}


def write(path, **changes):
    np.save(path, np.ones((2, 3), dtype=np.float32))
    path.with_name(f"{path.name}.json").write_text(json.dumps({**RECORD, **changes}))
    return path


def test_rows_are_those_of_the_record(tmp_path):
    assert load_features(write(tmp_path / "x.npy")).shape == (2, 3)
    with pytest.raises(InputError, match="has 2 rows, its record 3"):
        load_features(write(tmp_path / "x.npy", rows=3))
    (tmp_path / "x.npy.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        load_features(tmp_path / "x.npy")


@pytest.mark.parametrize("key", ["encoder", "weights", "preprocessing"])
def test_a_run_takes_features_of_its_own_encoder(tmp_path, key):
    old = write(tmp_path / "old.npy")
    data = Table(source="table", annotations="labels.csv", features=str(old))
    check_same_encoder(write(tmp_path / "new.npy"), data.encoder)
    with pytest.raises(InputError, match=f"differs from the run's features: {key} other"):
        check_same_encoder(write(tmp_path / "new.npy", **{key: "other"}), data.encoder)
    old.with_name("old.npy.json").unlink()
    assert data.encoder is None
    check_same_encoder(tmp_path / "new.npy", data.encoder)
