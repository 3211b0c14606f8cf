"""What joins two stages: lines from node to node, a cone of light, or an arrow."""

from vitral.report.drawing.shapes import Box


def link(before: Box, after: Box, middle: float) -> str:
    """Every node with every node; a cone of light from a figure to nodes; an arrow between figures."""
    if before.ys and after.ys:
        path = "".join(
            f"M{before.right - 1:.1f} {a:.1f}L{after.left + 1:.1f} {b:.1f}" for a in before.ys for b in after.ys
        )
        return f'<path d="{path}" class="net-edges"/>'
    if after.ys:
        return (
            f'<polygon points="{before.right:.1f},{before.top:.1f} {after.left:.1f},{after.top + 6:.1f}'
            f' {after.left:.1f},{after.bottom - 6:.1f} {before.right:.1f},{before.bottom:.1f}" class="net-light"/>'
        )
    return arrow(before.right + 3, after.left - 3, middle)


def arrow(start: float, end: float, y: float) -> str:
    """A thin arrow to the right; nothing where there is no room for one."""
    if end - start < 8:
        return ""
    return (
        f'<path d="M{start:.1f} {y:.1f}H{end:.1f}M{end - 5:.1f} {y - 3.5:.1f}L{end:.1f} {y:.1f}'
        f'L{end - 5:.1f} {y + 3.5:.1f}" class="net-arrow"/>'
    )
