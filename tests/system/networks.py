"""Layer tables of networks that the preset `default` was not tuned on: from published dimensions, and made up."""
import csv
import random

HEAD = "K,C,Y,X,R,S,T,stride_y,stride_x".split(",")


def conv(k, c, y, x, r, s=None, stride=1):
    return [k, c, y, x, r, s or r, 1, stride, stride]


def depthwise(c, y, x, r, stride=1):
    return [1, c, y, x, r, r, 2, stride, stride]


def linear(outputs, inputs, rows=1):
    return conv(outputs, inputs, rows, 1, 1)


def keyword_spotting():
    """DS-CNN of Zhang et al., Hello Edge, 2017: 49 x 10 coefficients, four separable layers of 64 channels."""
    layers = [conv(64, 1, 49, 10, 10, 4, 2)]
    for _ in range(4):
        layers += [depthwise(64, 25, 5, 3), conv(64, 64, 25, 5, 1)]
    return layers + [linear(12, 64)]


def unet():
    """Ronneberger et al. 2015, 572 x 572: the encoder, the decoder with its up-convolutions as convolutions of 2 x 2."""
    layers, size, channels = [], 572, 1
    for width in (64, 128, 256, 512, 1024):
        layers += [conv(width, channels, size, size, 3), conv(width, width, size - 2, size - 2, 3)]
        size, channels = (size - 4) // 2, width
    size = size * 2
    for width in (512, 256, 128, 64):
        size = size * 2
        layers += [conv(width, 2 * width, size, size, 2), conv(width, 2 * width, size, size, 3),
                   conv(width, width, size - 2, size - 2, 3)]
        size -= 4
    return layers + [conv(2, 64, size, size, 1)]


def bert_base():
    """Devlin et al. 2018: twelve layers of width 768, 128 tokens, products with parameters alone."""
    return [linear(*shape, 128) for _ in range(12) for shape in ((768, 768), (768, 768), (768, 768), (768, 768), (3072, 768), (768, 3072))]


def efficientnet_b0():
    """Tan, Le 2019, without squeeze and excitation."""
    layers, size, channels = [conv(32, 3, 224, 224, 3, stride=2)], 112, 32
    for factor, width, repeats, stride, kernel in ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3),
                                                   (6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3)):
        for i in range(repeats):
            wide, step = factor * channels, stride if i == 0 else 1
            if factor > 1:
                layers.append(conv(wide, channels, size, size, 1))
            layers.append(depthwise(wide, size, size, kernel, step))
            size = (size + step - 1) // step
            layers.append(conv(width, wide, size, size, 1))
            channels = width
    return layers + [conv(1280, 320, size, size, 1), linear(1000, 1280)]


def densenet161():
    """Huang et al. 2017: growth 48, 161 layers, nearly every one of another kind."""
    layers, size, channels = [conv(96, 3, 224, 224, 7, stride=2)], 56, 96
    for block, repeats in enumerate((6, 12, 36, 24)):
        for _ in range(repeats):
            layers += [conv(192, channels, size, size, 1), conv(48, 192, size, size, 3)]
            channels += 48
        if block < 3:
            layers.append(conv(channels // 2, channels, size, size, 1))
            channels, size = channels // 2, size // 2
    return layers + [linear(1000, channels)]


def autoencoder():
    """The anomaly detector of MLPerf Tiny: ten fully connected layers."""
    widths = [640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640]
    return [linear(widths[i + 1], widths[i]) for i in range(10)]


def lenet5():
    return [conv(6, 1, 32, 32, 5), conv(16, 6, 14, 14, 5), linear(120, 400), linear(84, 120), linear(10, 84)]


def giant(place, layers=40):
    """One layer with nearly all of the work among small ones."""
    small = [conv(12, 10, 7, 7, 3), depthwise(20, 11, 11, 3), conv(24, 16, 5, 5, 1), linear(30, 40)]
    table = [small[i % 4] for i in range(layers)]
    table.insert(place, conv(384, 256, 96, 96, 3))
    return table


def single():
    return [conv(96, 48, 27, 27, 5)]


def two():
    return [conv(64, 64, 56, 56, 3), linear(1000, 512)]


def alike():
    return [conv(96, 96, 28, 28, 3)] * 24


def many(kinds):
    """As many kinds of layers, drawn by the rule of a generator of fixed seed."""
    draw = random.Random(161)
    table = []
    while len(table) < kinds:
        size = draw.choice((7, 14, 28, 56))
        layer = conv(draw.randrange(4, 512), draw.randrange(3, 512), size, size, draw.choice((1, 1, 3)))
        if layer not in table:
            table.append(layer)
    return table


NETWORKS = {"keyword_spotting": keyword_spotting(), "unet": unet(), "bert_base": bert_base(), "efficientnet_b0": efficientnet_b0(),
            "densenet161": densenet161(), "autoencoder": autoencoder(), "lenet5": lenet5(), "giant_first": giant(0), "giant_amid": giant(20),
            "giant_last": giant(40), "single": single(), "two": two(), "alike": alike(), "kinds_1000": many(1000)}


def write(name, path):
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD] + NETWORKS[name])
