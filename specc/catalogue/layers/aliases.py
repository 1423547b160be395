"""Second names that Keras has for a layer; a spec is written with the first."""

from __future__ import annotations

ALIASES: dict[str, str] = {
    **{f"{kind}Pool{n}D": f"{kind}Pooling{n}D" for kind in ("Max", "GlobalMax") for n in (1, 2, 3)},
    **{
        f"{kind}Pool{n}D": f"{kind.replace('Avg', 'Average')}Pooling{n}D"
        for kind in ("Avg", "GlobalAvg")
        for n in (1, 2, 3)
    },
    **{f"Convolution{n}D": f"Conv{n}D" for n in (1, 2, 3)},
    **{f"Convolution{n}DTranspose": f"Conv{n}DTranspose" for n in (1, 2, 3)},
    **{f"SeparableConvolution{n}D": f"SeparableConv{n}D" for n in (1, 2)},
}
