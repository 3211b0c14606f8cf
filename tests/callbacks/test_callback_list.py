"""Several callbacks as one."""

import pytest

from vitral.callbacks import Callback, CallbackList, EarlyStopping, History, LambdaCallback, ProgbarLogger


class AtBatchEnd(Callback):
    def on_batch_end(self, batch, logs=None):
        pass


class AtTrainBatchBegin(Callback):
    def on_train_batch_begin(self, batch, logs=None):
        pass


class AtTestBatchBegin(Callback):
    def on_test_batch_begin(self, batch, logs=None):
        pass


class Whole(CallbackList):
    def on_train_batch_end(self, batch, logs=None):
        pass


@pytest.mark.parametrize(
    "member", [AtBatchEnd(), AtTrainBatchBegin(), AtTestBatchBegin(), ProgbarLogger(), CallbackList()]
)
def test_a_list_follows_batches_if_a_member_does(member) -> None:
    assert CallbackList([History(), member]).follows_batches


def test_a_list_of_callbacks_that_wait_for_the_end_of_an_epoch_does_not() -> None:
    assert not CallbackList([History(), EarlyStopping()]).follows_batches
    assert not CallbackList([LambdaCallback(on_epoch_end=lambda epoch, logs: None)]).follows_batches


def test_the_old_names_of_batches_reach_the_members_with_logs_of_their_own() -> None:
    calls = []
    member = AtBatchEnd()
    member.on_batch_begin = lambda batch, logs: calls.append(("begin", batch, logs))
    member.on_batch_end = lambda batch, logs: calls.append(("end", batch, logs))
    CallbackList([member]).on_batch_begin(3)
    CallbackList([member]).on_batch_end(4, {"loss": 1.0})
    assert calls == [("begin", 3, {}), ("end", 4, {"loss": 1.0})]


def test_methods_of_an_instance_and_of_the_list_itself_count() -> None:
    assert CallbackList([LambdaCallback(on_train_batch_end=lambda batch, logs: None)]).follows_batches
    assert Whole([History()]).follows_batches
