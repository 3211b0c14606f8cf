"""Networks that have a name, ready to be trained."""

from vitral.applications.vision_transformer import TinyViT

__all__ = ["TinyViT"]
