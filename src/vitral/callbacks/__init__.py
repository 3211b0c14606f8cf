"""What can follow a training: stop it, save it, write it down, change its learning rate."""

from vitral.callbacks.backup_and_restore import BackupAndRestore
from vitral.callbacks.callback import Callback
from vitral.callbacks.callback_list import CallbackList
from vitral.callbacks.csv_logger import CSVLogger
from vitral.callbacks.early_stopping import EarlyStopping
from vitral.callbacks.history import History
from vitral.callbacks.lambda_callback import LambdaCallback
from vitral.callbacks.learning_rate_scheduler import LearningRateScheduler
from vitral.callbacks.model_checkpoint import ModelCheckpoint
from vitral.callbacks.monitor import MonitorCallback
from vitral.callbacks.progbar import Progbar
from vitral.callbacks.progbar_logger import ProgbarLogger
from vitral.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from vitral.callbacks.remote_monitor import RemoteMonitor
from vitral.callbacks.swap_ema_weights import SwapEMAWeights
from vitral.callbacks.tensor_board import TensorBoard
from vitral.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "MonitorCallback",
    "Progbar",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
