"""Networks that have a name, ready to be trained."""

from vitral.applications.lenet import LeNet5
from vitral.applications.resnet import ResNet20
from vitral.applications.vgg import SmallVGG
from vitral.applications.vision_transformer import TinyViT

__all__ = ["LeNet5", "ResNet20", "SmallVGG", "TinyViT"]
