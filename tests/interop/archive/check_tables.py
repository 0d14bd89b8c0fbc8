# SPDX-License-Identifier: Apache-2.0
"""check_tables.py MAKE_ARCHIVE: pandas reads every CSV with the expected columns and types, and
params.npy has exactly the bytes that NumPy writes."""
import glob
import io
import os
import sys
import zipfile

import numpy as np
import pandas as pd

import made

sys.path.insert(0, os.path.join(os.environ["MSUNET_SOURCE_DIR"], "tests", "reference", "make"))
from hand_pickle import npy

METRICS = ["loss", "dice_coef", "jaccard_similarity", "val_loss", "val_dice_coef", "val_jaccard_similarity"]
PARAMETERS = ("batch_size,contractingBatchNormTrainable,dropout,epochs,expandingBatchNormTrainable,experiment_name,"
              "finalActivation,losses,lr,modality_weight,num_gpus,optimizer,patch_dimensions,patch_stride,pca_only,"
              "scoreTrainable,upsamplingBatchNormTrainable,upsamplingTrainable,weight_factor,which_layer").split(",")
MODALITIES = ["anatomical", "dti", "noddi", "regwarp", "fmri"]
DICE = [f"{m}_{s}_dice" for s in ("val", "train") for m in MODALITIES]


def check(frame, columns, kind):
    for column in columns:
        assert frame[column].dtype.kind in kind, (column, frame[column].dtype)


with made.results(sys.argv[1]) as folder:
    summary = pd.read_csv(made.summary(folder))
    assert list(summary.columns) == ["round_epochs", *METRICS, *PARAMETERS], list(summary.columns)
    assert len(summary) == 8
    check(summary, METRICS + ["dropout", "lr"], "f")
    check(summary, ["round_epochs", "batch_size", "epochs", "num_gpus", "patch_stride", "weight_factor", "which_layer"], "i")
    check(summary, ["pca_only", "scoreTrainable", "contractingBatchNormTrainable"], "b")
    assert (summary["patch_dimensions"] == "64/64").all()
    assert summary.loc[summary["pca_only"], METRICS].isna().all(axis=None)
    assert summary.loc[~summary["pca_only"], METRICS].notna().all(axis=None)

    histories = sorted(glob.glob(os.path.join(folder, "talos_scan_history_*.csv")))
    modalities = sorted(glob.glob(os.path.join(folder, "modality_results_*.csv")))
    assert len(histories) == len(modalities) == len(summary)
    last = []
    for name in histories:
        history = pd.read_csv(name, index_col=0)
        assert list(history.columns) == METRICS
        assert list(history.index) == list(range(len(history)))
        if len(history) == 3:
            check(history, METRICS, "f")
            last.append(history.iloc[-1]["loss"])
    assert set(summary["loss"].dropna()) <= set(last)
    for name in modalities:
        dice = pd.read_csv(name, index_col=0)
        assert list(dice.columns) == DICE
        assert dice[["regwarp_val_dice", "regwarp_train_dice"]].isna().all(axis=None)

    prefix = f"model_deploy{made.EXPERIMENT}"
    with zipfile.ZipFile(made.archive(folder)) as archive:
        names = sorted(archive.namelist())
        params = archive.read(f"{prefix}_params.npy")
        results = pd.read_csv(io.BytesIO(archive.read(f"{prefix}_results.csv")))
        x = pd.read_csv(io.BytesIO(archive.read(f"{prefix}_x.csv")), header=None)
    assert names == sorted([f"{prefix}_{end}" for end in ("details.txt", "params.npy", "results.csv", "model.json",
                                                          "model.h5", "x.csv", "y.csv")] + ["README.txt"])
    assert list(results.columns) == ["Unnamed: 0", "start", "end", "duration", *summary.columns]
    assert results["start"].str.fullmatch(r"\d\d/\d\d/\d\d-\d{6}").all()
    assert x.shape == (2, 2) and (x.dtypes == "int64").all()

    grid = np.load(io.BytesIO(params), allow_pickle=True).item()
    assert list(grid) == sorted(PARAMETERS), list(grid)
    for name, values in grid.items():
        assert isinstance(values, list) and values, name
    assert params == npy(grid)

print("pandas and NumPy read all tables")
