import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from gcnlabel.files import sort_header


def test_files_of_the_same_content_have_the_same_bytes(tmp_path):
    odd = {f'k{i} "\\ {chr(10)}é\x01\x7f😀': f"v{i} \u2028 ß" for i in range(20)}
    tensors = {"b": torch.arange(3), "a": torch.rand(2, 2), "c": torch.zeros(1, dtype=torch.bool)}
    contents = set()
    for i in range(4):
        path = tmp_path / f"{i}.safetensors"
        save_file(tensors, path, metadata=odd)
        sort_header(path)
        contents.add(path.read_bytes())
        with safe_open(path, framework="pt") as file:
            assert file.metadata() == odd
        assert all(torch.equal(value, tensors[name]) for name, value in load_file(path).items())
    assert len(contents) == 1


def test_without_metadata_nothing_changes(tmp_path):
    path = tmp_path / "a.safetensors"
    save_file({"a": torch.rand(2)}, path)
    before = path.read_bytes()
    sort_header(path)
    assert path.read_bytes() == before
