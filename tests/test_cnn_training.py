"""Training: it learns, it is the same every time, and it goes on where it was interrupted."""

import csv
import io

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from edgewise import DataError, EdgewiseError
from edgewise.models.cnn import Add, BatchNorm, Dense, Network, Normalization, fit
from edgewise.models.cnn.tape import INPUT
from edgewise.models.cnn.training.augmentation import Augmentation
from edgewise.models.cnn.training.batches import Batches
from edgewise.models.cnn.training.fitting import DivergedError
from edgewise.models.cnn.training.history import COLUMNS
from edgewise.models.cnn.training.shards import cut, shard_size

CHAIN = (
    "conv:4:3:bias=no,maxpool:2,batchnorm,relu,flatten,dropout:0.2,dense:8,batchnorm,relu,"
    "dense:classes"
)
LINEAR = "flatten,dense:classes"


class StopError(Exception):
    """Ends a training in the middle, as a signal would."""


def data(count=200, shape=(8, 8), classes=2, seed=0):
    """Return noise with a bright stripe where the class says, and the classes."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, count)
    images = random.integers(0, 120, (count, *shape), dtype=np.uint8)
    for k in range(classes):
        images[labels == k, 2 * k : 2 * k + 2] += 100
    return images, labels


def network(chain=CHAIN, shape=(1, 8, 8), classes=2, seed=0):
    return Network.from_spec(chain, shape, classes=classes, seed=seed)


def stopper(epoch):
    """Return a progress function that ends the training in the first batch of an epoch."""

    def told(now):
        if now["epoch"] == epoch:
            raise StopError

    return told


def snapshots(net):
    """Return a list, and a progress function that appends the parameters after each batch."""
    found = []
    return found, lambda now: found.append(net.vector.copy())


def without_seconds(history):
    return [{k: v for k, v in row.items() if k != "seconds"} for row in history.epochs]


def check_same(one, other):
    """Check that two networks have the same bytes."""
    assert_array_equal(one.vector.view(np.uint32), other.vector.view(np.uint32))
    assert list(one.state) == list(other.state)
    for name, array in one.state.items():
        assert_array_equal(array.view(np.uint32), other.state[name].view(np.uint32))


def softmax_regression(images, labels, *, epochs, batch, smoothing, decay, rate):
    """Return weights and bias after SGD with Nesterov momentum 0.9, in float64."""
    normal = Normalization.of(images)
    x = ((images - normal.mean) / normal.deviation).reshape(len(images), -1).astype(np.float64)
    net = network(LINEAR, (1, *images.shape[1:3]))
    w, b = (net.parameters[f"dense1.{name}"].astype(np.float64) for name in ("weight", "bias"))
    truth = np.eye(2)[labels] * (1 - smoothing) + smoothing / 2
    velocity = [np.zeros_like(w), np.zeros_like(b)]
    for epoch in range(epochs):
        batches = Batches(images, normal, Augmentation(), batch, (0, epoch))
        for number in range(len(batches)):
            picks = batches.order[batches.places(number)]
            scores = x[picks] @ w.T + b
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            error = (shares - truth[picks]) / len(picks)
            for k, slope in enumerate((error.T @ x[picks] + decay * w, error.sum(axis=0))):
                velocity[k] = 0.9 * velocity[k] + slope
                (w, b)[k][...] -= rate * (slope + 0.9 * velocity[k])
    return w, b


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_it_learns(optimizer):
    images, labels = data(classes=3)
    net = network(classes=3)
    history = fit(net, images, labels, epochs=8, batch=32, optimizer=optimizer, rate=0.02)
    losses = [row["loss"] for row in history.epochs]
    assert losses[-1] < 0.3 * losses[0]
    unseen, truth = data(90, classes=3, seed=1)
    normal = Normalization.of(images[..., None])
    x = ((unseen - normal.mean) / normal.deviation)[:, None].astype(np.float32)
    assert np.mean(net.forward(x).argmax(axis=1) == truth) > 0.9
    assert (history.best, history.stopped) == (8, False)


def test_every_step_is_that_of_softmax_regression():
    images, labels = data(50, (3, 4))
    net = network(LINEAR, (1, 3, 4))
    chosen = {"epochs": 3, "batch": 40, "smoothing": 0.1, "decay": 0.02, "rate": 0.05}
    fit(net, images, labels, schedule="constant", **chosen)
    weight, bias = softmax_regression(images[..., None], labels, **chosen)
    assert_allclose(net.parameters["dense1.weight"], weight, rtol=2e-4, atol=2e-5)
    assert_allclose(net.parameters["dense1.bias"], bias, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"augment": "shift:1,flip", "averaging": 0.9, "smoothing": 0.1},
        {"augment": "rotate:10,crop:0.8", "optimizer": "adamw"},
    ],
)
def test_threads_leave_no_trace(settings):
    images, labels = data()
    unseen = data(70, seed=1)
    found = []
    for threads in (1, 2, 5):
        net = network()
        history = fit(
            net, images, labels, epochs=2, batch=96, threads=threads, validation=unseen, **settings
        )
        found.append((net, without_seconds(history)))
    for net, rows in found[1:]:
        check_same(net, found[0][0])
        assert rows == found[0][1]


def test_another_seed_gives_another_network():
    images, labels = data()
    one, other = network(), network()
    fit(one, images, labels, epochs=1, seed=1)
    fit(other, images, labels, epochs=1, seed=2)
    assert not np.array_equal(one.vector, other.vector)


HARD = {
    "epochs": 4,
    "batch": 96,
    "optimizer": "adamw",
    "averaging": 0.9,
    "augment": "shift:1,rotate:5",
    "smoothing": 0.1,
}


@pytest.mark.parametrize("validated", [False, True])
@pytest.mark.parametrize("settings", [HARD, {"epochs": 4, "batch": 70, "schedule": "step"}])
def test_a_resumed_training_is_an_uninterrupted_one(settings, validated, tmp_path):
    images, labels = data()
    chosen = {**settings, "validation": data(50, seed=1) if validated else None}
    whole = network()
    expected = without_seconds(fit(whole, images, labels, **chosen))
    place = tmp_path / "training.checkpoint"
    for epoch in (2, 3, 4):
        place.unlink(missing_ok=True)
        with pytest.raises(StopError):
            fit(network(), images, labels, checkpoint=place, progress=stopper(epoch), **chosen)
        # The network of before is not needed: all is in the checkpoint.
        net = network()
        net.vector[:] = np.nan
        history = fit(net, images, labels, checkpoint=place, resume=True, **chosen)
        check_same(net, whole)
        assert without_seconds(history) == expected


def test_a_training_interrupted_again_and_again(tmp_path):
    images, labels = data()
    whole = network()
    fit(whole, images, labels, **HARD)
    place = tmp_path / "training.checkpoint"
    for epoch in (1, 2, 3, 4):
        with pytest.raises(StopError):
            fit(
                network(), images, labels, checkpoint=place, resume=True,
                progress=stopper(epoch), **HARD,
            )  # fmt: skip
    net = network()
    fit(net, images, labels, checkpoint=place, resume=True, **HARD)
    check_same(net, whole)


def test_a_finished_training_does_nothing_more(tmp_path):
    images, labels = data()
    place, whole, net = tmp_path / "c", network(), network()
    expected = fit(whole, images, labels, epochs=2, checkpoint=place)
    found = fit(net, images, labels, epochs=2, checkpoint=place, resume=True, progress=stopper(1))
    check_same(net, whole)
    assert found == expected


@pytest.fixture
def interrupted(tmp_path):
    """Return a checkpoint and what it is a checkpoint of."""
    place, (images, labels) = tmp_path / "c.checkpoint", data(64)
    given = {"validation": data(20, seed=1), "epochs": 2}
    with pytest.raises(StopError):
        fit(network(), images, labels, checkpoint=place, progress=stopper(2), **given)
    return place, images, labels, given


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": 3}, "epochs was 2, and is 3"),
        ({"seed": 5}, "seed was 0, and is 5"),
        ({"rate": 0.2, "batch": 32}, "batch was 64, and is 32; rate was 0.05, and is 0.2"),
        ({"optimizer": "adamw"}, "optimizer was sgd, and is adamw"),
        ({"augment": "flip"}, "augment was none, and is flip"),
        ({"validation": None}, "other validation pictures"),
        ({"validation": data(20, seed=2)}, "other validation pictures"),
    ],
)
def test_a_changed_setting_is_refused(interrupted, changes, message):
    place, images, labels, given = interrupted
    before = place.read_bytes()
    with pytest.raises(EdgewiseError, match=f"another training: .*{message}.*without --resume"):
        fit(network(), images, labels, checkpoint=place, resume=True, **{**given, **changes})
    assert_array_equal(place.read_bytes() == before, True)


def test_changed_pictures_are_refused(interrupted):
    place, images, labels, given = interrupted
    for changed in ((255 - images, labels), (images, 1 - labels), (images[1:], labels[1:])):
        with pytest.raises(EdgewiseError, match="another training: other pictures;"):
            fit(network(), *changed, checkpoint=place, resume=True, **given)


def test_a_changed_network_is_refused(interrupted):
    place, images, labels, given = interrupted
    with pytest.raises(EdgewiseError, match="another training: other network;"):
        fit(network(LINEAR), images, labels, checkpoint=place, resume=True, **given)


def test_another_normalization_is_refused(interrupted):
    place, images, labels, given = interrupted
    other = Normalization(np.zeros(1, np.float32), np.ones(1, np.float32))
    with pytest.raises(EdgewiseError, match="another training: other normalization;"):
        fit(network(), images, labels, normalization=other, checkpoint=place, resume=True, **given)


def test_without_resume_a_training_starts_anew(interrupted):
    place, images, labels, given = interrupted
    one, other = network(), network()
    fit(one, images, labels, checkpoint=place, **given)
    fit(other, images, labels, **given)
    check_same(one, other)


def test_damaged_checkpoints(interrupted, tmp_path):
    place, images, labels, given = interrupted
    content = place.read_bytes()
    for damaged in (content[:100], b"", b"words", content[:-200]):
        place.write_bytes(damaged)
        with pytest.raises(DataError, match="c.checkpoint: not a checkpoint, or a damaged one"):
            fit(network(), images, labels, checkpoint=place, resume=True, **given)
    assert_array_equal([path.name for path in tmp_path.iterdir()], ["c.checkpoint"])


def test_a_model_file_is_no_checkpoint(interrupted):
    from safetensors.numpy import save

    place, images, labels, given = interrupted
    place.write_bytes(save({"a": np.zeros(3)}, metadata={"edgewise": "{}"}))
    with pytest.raises(DataError, match="not a checkpoint"):
        fit(network(), images, labels, checkpoint=place, resume=True, **given)


def test_the_best_epoch_is_kept():
    images, labels = data()
    unseen, truth = data(60, seed=1)
    net, normal = network(), Normalization.of(images[..., None])
    found, told = snapshots(net)
    states = []

    def keep(now):
        told(now)
        states.append({name: array.copy() for name, array in net.state.items()})

    # The first half of the answers is wrong, so that to learn more is not to answer better.
    truth[:30] = 1 - truth[:30]
    history = fit(
        net, images, labels, epochs=8, batch=200, validation=(unseen, truth), progress=keep
    )
    rows = history.epochs
    quality = [(row["validation_accuracy"], -row["validation_loss"]) for row in rows]
    assert history.best == 1 + quality.index(max(quality))
    assert history.best < 8
    assert_array_equal(net.vector, found[history.best - 1])
    for name, array in net.state.items():
        assert_array_equal(array, states[history.best - 1][name])
    loss, accuracy = judge_plainly(net, normal, unseen, truth)
    best = rows[history.best - 1]
    assert_allclose(best["validation_loss"], loss, rtol=1e-4)
    assert_allclose(best["validation_accuracy"], accuracy)


def test_patience():
    images, labels = data()
    # What is right for the training is wrong here, so that it can only become worse.
    unseen, truth = data(60, seed=1)
    history = fit(
        network(), images, labels, epochs=50, rate=0.02, validation=(unseen, 1 - truth), patience=3
    )
    assert history.stopped
    assert len(history.epochs) == history.best + 3
    assert len(history.epochs) < 50


def test_a_training_that_was_stopped_is_over(tmp_path):
    images, labels = data()
    unseen, truth = data(60, seed=1)
    given = {"validation": (unseen, 1 - truth), "patience": 2, "epochs": 50, "rate": 0.02}
    place, whole, net = tmp_path / "c", network(), network()
    expected = fit(whole, images, labels, checkpoint=place, **given)
    assert fit(net, images, labels, checkpoint=place, resume=True, **given) == expected
    check_same(net, whole)


def test_averaging_is_that_of_its_formula():
    images, labels = data()
    net = network()
    start = net.vector.astype(np.float64)
    found, told = snapshots(net)
    fit(net, images, labels, epochs=20, batch=64, averaging=0.8, progress=told)
    assert len(found) == 60
    for step, vector in enumerate(found, start=1):
        start += max(0.2, 9 / (10 + step)) * (vector - start)
    assert_allclose(net.vector, start, rtol=1e-4, atol=1e-6)
    plain = network()
    fit(plain, images, labels, epochs=20, batch=64)
    assert_array_equal(plain.vector, found[-1])


def test_what_is_judged_is_the_average_and_what_is_trained_is_not():
    images, labels = data()
    unseen, truth = data(60, seed=1)
    given = {"epochs": 3, "batch": 64, "averaging": 0.8}
    plain, judged = network(LINEAR), network(LINEAR)
    alone, told_alone = snapshots(plain)
    both, told_both = snapshots(judged)
    one = fit(plain, images, labels, progress=told_alone, **given)
    two = fit(judged, images, labels, progress=told_both, validation=(unseen, truth), **given)
    assert_array_equal(both, alone)
    assert [row["loss"] for row in one.epochs] == [row["loss"] for row in two.epochs]
    average, net = network(LINEAR).vector.copy(), network(LINEAR)
    normal = Normalization.of(images[..., None])
    for number, vector in enumerate(both, start=1):
        average += np.float32(max(0.2, 9 / (10 + number))) * (vector - average)
        if number % 3 == 0:
            net.vector[:] = average
            loss, accuracy = judge_plainly(net, normal, unseen, truth)
            row = two.epochs[number // 3 - 1]
            assert_allclose(row["validation_loss"], loss, rtol=1e-4)
            assert_allclose(row["validation_accuracy"], accuracy)


def judge_plainly(net, normal, images, labels):
    """Return mean cross-entropy and accuracy."""
    x = ((images - normal.mean) / normal.deviation)[:, None].astype(np.float32)
    scores = net.forward(x).astype(np.float64)
    likelihood = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    own = likelihood[np.arange(len(labels)), labels]
    return -own.mean(), np.mean(scores.argmax(axis=1) == labels)


def test_loss_and_accuracy_are_means_over_the_pictures():
    images, labels = data(100)
    net = network(LINEAR)
    expected = judge_plainly(net, Normalization.of(images[..., None]), images, labels)
    # So slowly that all batches see the same network; the last one is smaller.
    (row,) = fit(net, images, labels, epochs=1, batch=70, rate=1e-9).epochs
    assert_allclose((row["loss"], row["accuracy"]), expected, rtol=1e-5)


@pytest.mark.parametrize("epochs", [1, 3, 12])
@pytest.mark.parametrize("count", [20, 32, 96])
def test_running_statistics(count, epochs):
    images, labels = data(count)
    net = network("batchnorm,flatten,dense:classes")
    fit(net, images, labels, epochs=epochs, batch=96)
    normal = Normalization.of(images[..., None])
    mean, variance = 0.0, 1.0
    for epoch in range(epochs):
        order = Batches(images[..., None], normal, Augmentation(), 96, (0, epoch)).order
        x = (images[order] - normal.mean) / normal.deviation
        seen = np.mean([x[i : i + 48].var(ddof=1) for i in range(0, count, 48)])
        newest = max(0.1, 1 / (epoch + 1))
        mean = (1 - newest) * mean + newest * x.mean()
        variance = (1 - newest) * variance + newest * seen
    assert_allclose(net.state["batchnorm1.mean"], [mean], atol=1e-6)
    assert_allclose(net.state["batchnorm1.variance"], [variance], rtol=1e-5)


@pytest.mark.parametrize("batch", [17, 33, 64])
def test_no_shard_is_much_smaller_than_the_others(batch):
    for count in range(1, 2 * batch):
        sizes = [len(part) for _, part in cut(range(count), shard_size(batch))]
        assert sum(sizes) == count
        assert len(sizes) == 1 or min(sizes) * 2 >= shard_size(batch)


def test_running_statistics_of_shards_of_different_sizes():
    images, labels = data(80)
    net = network("batchnorm,flatten,dense:classes")
    fit(net, images, labels, epochs=1, batch=96)
    normal = Normalization.of(images[..., None])
    order = Batches(images[..., None], normal, Augmentation(), 96, (0, 0)).order
    x = (images[order] - normal.mean) / normal.deviation
    shards = np.split(x, [48])
    weights = [len(shard) for shard in shards]
    variance = np.average([shard.var(ddof=1) for shard in shards], weights=weights)
    assert weights == [48, 32]
    assert_allclose(net.state["batchnorm1.mean"], [x.mean()], atol=1e-6)
    assert_allclose(net.state["batchnorm1.variance"], [variance], rtol=1e-5)


def test_a_shared_batch_norm_sees_all_its_inputs_alike():
    net = Network((2,))
    first = net.add(BatchNorm(), INPUT)
    scaled = net.add(Dense(2), INPUT)
    net.parameters["dense1.weight"][:] = 0
    net.parameters["dense1.bias"][:] = 50
    net.add(Add(), first, net.add(BatchNorm(), scaled, share=first))
    x = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    net.forward(x, training=True)
    found = net.state["batchnorm1.mean"]
    assert_allclose(found, 0.1 * (x.mean(axis=0) + 50) / 2, rtol=1e-4)


def test_weight_decay_pulls_at_kernels_and_dense_weights_only():
    net = network("conv:4:3,batchnorm,relu,scaledpool,flatten,dense:8,relu,dense:classes")
    decays = np.split(net.decays, np.cumsum([a.size for a in net.parameters.values()])[:-1])
    found = {name: set(own.tolist()) for name, own in zip(net.parameters, decays, strict=True)}
    pulled = {"conv1.weight", "dense1.weight", "dense2.weight"}
    assert found == {name: {float(name in pulled)} for name in found}
    assert len(found) > len(pulled)


def test_a_picture_that_is_left_over_joins_the_last_batch():
    images, labels = data(65)
    net = network()
    steps, told = snapshots(net)
    fit(net, images, labels, epochs=2, batch=64, progress=told)
    assert len(steps) == 2


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("validated", [False, True])
@pytest.mark.parametrize("chain", [CHAIN, LINEAR, "flatten,dense:9,relu,dense:classes"])
def test_a_loss_that_is_no_number_stops_it(chain, validated, smoothing):
    images, labels = data()
    message = (
        r"(the loss is not a finite number|the weights are not finite numbers) any more, in epoch "
        r"\d+.*; try a smaller rate than 1e\+11, such as --rate 0\.05 or --optimizer adamw"
    )
    with pytest.raises(EdgewiseError, match=message):
        fit(
            network(chain), images, labels, epochs=50, batch=50, rate=1e11, decay=1e8,
            schedule="constant", smoothing=smoothing, validation=data() if validated else None,
        )  # fmt: skip


def test_a_training_that_diverged_leaves_no_checkpoint_in_the_way(tmp_path):
    images, labels = data()
    place = tmp_path / "c"
    seen = []

    def told(facts):
        seen.append((facts["epoch"], place.exists()))

    # Every step makes the weights a hundred times as large, until they are no numbers.
    with pytest.raises(DivergedError):
        fit(
            network(LINEAR), images, labels, epochs=40, rate=1, decay=100, schedule="constant",
            checkpoint=place, progress=told,
        )  # fmt: skip
    assert (2, True) in seen
    assert not place.exists()


def test_weights_that_are_no_numbers_after_the_last_step_stop_it():
    # On pictures of one colour the loss stays finite however large the weights are.
    images, labels = np.full((40, 8, 8), 7, np.uint8), np.arange(40) % 2
    message = r"the weights are not finite numbers any more, in epoch 1; .* --rate 0\.003$"
    with pytest.raises(EdgewiseError, match=message):
        fit(
            network(LINEAR), images, labels, epochs=1, batch=20, rate=1e11, decay=1e11,
            schedule="constant", optimizer="adamw",
        )  # fmt: skip


def test_history_as_csv():
    images, labels = data()
    history = fit(network(), images, labels, epochs=2, validation=data(20, seed=1))
    rows = list(csv.DictReader(io.StringIO(history.to_csv())))
    assert_array_equal(list(rows[0]), COLUMNS)
    for row, known in zip(rows, history.epochs, strict=True):
        assert {name: float(text) for name, text in row.items()} == known
    history = fit(network(), images, labels, epochs=1)
    (row,) = csv.DictReader(io.StringIO(history.to_csv()))
    assert_array_equal((row["validation_loss"], row["epoch"]), ("", "1"))


def test_history_of_each_epoch():
    images, labels = data(100)
    history = fit(network(), images, labels, epochs=3, rate=0.3, schedule="cosine", batch=50)
    rates = [row["rate"] for row in history.epochs]
    assert_allclose(rates, 0.15 * (1 + np.cos(np.pi * np.array([1.5, 3.5, 5.5]) / 6)))
    for number, row in enumerate(history.epochs, start=1):
        assert row["epoch"] == number
        assert 0 <= row["accuracy"] <= 1
        assert row["seconds"] >= 0


def test_progress():
    images, labels = data(105)
    told = []
    history = fit(network(), images, labels, epochs=2, batch=40, progress=told.append)
    assert_array_equal([now["done"] for now in told], [40, 80, 105] * 2)
    assert_array_equal([now["epoch"] for now in told], [1, 1, 1, 2, 2, 2])
    assert {(now["epochs"], now["count"]) for now in told} == {(2, 105)}
    for row, now in zip(history.epochs, told[2::3], strict=True):
        assert (row["loss"], row["accuracy"]) == (now["loss"], now["accuracy"])


def test_coloured_pictures():
    images, labels = data()
    coloured = np.stack([images, 255 - images, images // 2], axis=3)
    net = network(shape=(3, 8, 8))
    assert fit(net, coloured, labels, epochs=3).epochs[-1]["accuracy"] > 0.9
    # Where in memory they lie makes no difference.
    other = network(shape=(3, 8, 8))
    fit(other, np.asfortranarray(coloured), labels.tolist(), epochs=3)
    check_same(net, other)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda x, y: (x[:, :6], y), "takes pictures of 8x8 with 1 channel, and gets 8x6 with 1"),
        (lambda x, y: (np.stack([x] * 3, 3), y), "takes pictures of 8x8 with 1 .* 8x8 with 3"),
        (lambda x, y: (x[:-1], y), "199 pictures and 200 labels"),
        (lambda x, y: (x[:0], y[:0]), "0 pictures and 0 labels"),
        (lambda x, y: (x, y + 1), "gives 2 scores, and the labels go from 1 to 2"),
        (lambda x, y: (x, y - 1), "gives 2 scores, and the labels go from -1 to 0"),
        (lambda x, y: (x / 255, y), r"uint8, \(M, H, W\) or \(M, H, W, C\), not float64"),
        (lambda x, y: (x[0], y), r"uint8, \(M, H, W\) or \(M, H, W, C\), not uint8 \(8, 8\)"),
        (lambda x, y: (x, y / 2), "labels are whole numbers, one a picture"),
        (lambda x, y: (x, y[:, None]), "labels are whole numbers, one a picture"),
    ],
)
def test_pictures_and_labels_that_do_not_fit(given, message):
    images, labels = data()
    with pytest.raises(DataError, match=message):
        fit(network(), *given(images, labels), epochs=1)
    with pytest.raises(DataError, match=message):
        fit(network(), images, labels, validation=given(images, labels), epochs=1)


def test_networks_that_do_not_fit():
    images, labels = data()
    with pytest.raises(DataError, match="end it with flatten and dense:classes"):
        fit(network("conv:4:3"), images, labels, epochs=1)
    with pytest.raises(DataError, match="takes vectors of 64 numbers, not pictures"):
        fit(network("dense:classes", (64,)), images, labels, epochs=1)
