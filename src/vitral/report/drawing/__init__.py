"""The drawing of a network: layers as panes of glass, dense layers as columns of nodes."""

from vitral.report.drawing.network import NetworkDrawing
from vitral.report.drawing.stages import Stage, stages

__all__ = ["NetworkDrawing", "Stage", "stages"]
