import subprocess
import sys

WITHOUT = """
import sys
sys.modules["sklearn"] = None
sys.modules["sklearn.base"] = None
try:
    import gcnlabel.estimators
except ImportError as error:
    print(error)
"""


def test_what_is_said_where_scikit_learn_is_not_installed():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "gcnlabel.estimators needs scikit-learn 1.7 or later",
        "  to do: pip install 'gcnlabel[sklearn]'",
    ]


def test_importing_them_loads_nothing_that_trains():
    heavy = ("lightning", "torch_geometric", "torchvision", "torchmetrics", "matplotlib")
    program = f"import sys, gcnlabel.estimators\nfound = set({heavy}) & set(sys.modules)\nassert not found, found\n"
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True)
