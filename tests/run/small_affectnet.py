"""A small AffectNet and a small EMOTIC in the exact formats, with drawn faces in real JPEG files."""

import numpy as np
from PIL import Image

from gcnlabel.faces.synthetic import synthetic_faces

COLUMNS = "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal"
CATEGORIES = ("Happiness", "Sadness", "Surprise", "Fear", "Aversion", "Anger", "Peace")


def write_affectnet(root, training=40, validation=10):
    """The 2017 release, every class in each list."""
    lists = root / "Manually_Annotated_file_lists"
    lists.mkdir(parents=True)
    for name, split, count in (("training", "train", training), ("validation", "val", validation)):
        images, _ = synthetic_faces(count, seed=1, split=split)
        codes = np.arange(count) % 7
        rows = [COLUMNS]
        for i, image in enumerate(images):
            path = root / "Manually_Annotated_Images" / name / f"{i}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image[0]).convert("RGB").save(path, quality=95)
            valence, arousal = 0.9 * np.cos(codes[i] + i / 50), 0.9 * np.sin(codes[i] + i / 50)
            rows.append(f"{name}/{i}.jpg,4,4,56,56,NULL,{codes[i]},{valence:.4f},{arousal:.4f}")
        (lists / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return root


def write_emotic(root, persons=42):
    """A CSV re-pack; each person has two categories."""
    (root / "annotations").mkdir(parents=True)
    (root / "emotic" / "coco").mkdir(parents=True)
    Image.new("RGB", (64, 64)).save(root / "emotic" / "coco" / "a.jpg")
    rows = ["Index,Folder,Filename,Image Size,BBox,Categorical_Labels,Continuous_Labels,Gender,Age"]
    for i in range(persons):
        names = [CATEGORIES[i % 7], CATEGORIES[(i * i + 1) % 7]]
        rows.append(f'{i},coco,a.jpg,"[64, 64]","[4, 4, 50, 60]","{names}","[5.0, 6.0, 7.0]",Male,Adult')
    (root / "annotations" / "train.csv").write_text("\n".join(rows) + "\n")
    return root
