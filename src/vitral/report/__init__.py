"""Reports: one HTML file that opens from disk, in English or Spanish, made from the record of a run.

Matplotlib, Jinja2 and Pillow are imported when a report is written, not before; MissingExtraError says in one
line which of them is missing.
"""

from pathlib import Path

from vitral.report.extras import require_extras

__all__ = ["write_comparison_report", "write_exploration", "write_report", "write_study_report"]


def write_report(run_folder: Path, lang: str = "en") -> Path:
    """Write report.html into a run folder and return its path.

    `lang` is "en" or "es". Raises RunError where the folder is not a run's, ConfigError for another language.
    """
    require_extras()
    from vitral.report.run_page import write_run

    return write_run(run_folder, lang)


def write_study_report(study_folder: Path, lang: str = "en") -> Path:
    """Write report.html, which compares all variants, into a study folder and return its path."""
    require_extras()
    from vitral.report.study_page import write_study

    return write_study(study_folder, lang)


def write_comparison_report(folder: Path, lang: str = "en") -> Path:
    """Write comparison.html into a run folder with a comparison.json and return its path."""
    require_extras()
    from vitral.report.comparison_page import write_comparison

    return write_comparison(folder, lang)


def write_exploration(folder: Path, lang: str = "en") -> Path:
    """Write report.html into the folder of a data set's exploration (exploration.json, .npz); return its path."""
    require_extras()
    from vitral.report.exploration_page import write_exploration_page

    return write_exploration_page(folder, lang)
