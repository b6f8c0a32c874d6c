"""Is this installation able to serve? One check per part, each with what to do about it."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Literal

from packaging.requirements import Requirement

from asr.loading import RecogniserChoice, locate_model
from assist.buses import open_bus
from assist.customers import open_customers
from assist.customers.guard import GuardLimits
from assist.errors import CustomersError, LivecueError
from assist.playbook import PlaybookLibrary, strange_channels
from assist.pushing.webhook import answers
from assist.stores import open_stores
from gateway.settings import Settings
from gateway.version import livecue_version
from gateway.web import is_built
from models.catalogue import InstalledSource, load_catalogue
from models.directory import ModelDirectory
from models.threads import allowed_cpus, layout_here
from models.verification import verify_model
from nlp.backends.location import locate_classifier

State = Literal["ok", "warn", "fail"]

MIN_PYTHON = (3, 11)
FREE_DISK_WARN_BYTES = 5 * 10**9
FREE_DISK_FAIL_BYTES = 500 * 10**6
"""A two-channel call of an hour takes about 60 MB while it is live."""
CONNECT_S = 3.0
"""How long a receiver may take to answer."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found of one part."""

    name: str
    state: State
    found: str
    remedy: str = ""
    """What to do; empty when all is well."""


async def examine(settings: Settings) -> Sequence[Check]:
    """Every check, in the order in which one would repair."""
    checks: list[Callable[[Settings], Awaitable[Check]]] = [
        _python,
        _packages,
        _cores,
        _disk,
        _model,
        _shipped_models,
        _classifiers,
        _store,
        _bus,
        _customers,
        _playbook,
        _receivers,
        _web,
        _port,
    ]
    return [await check(settings) for check in checks]


async def _python(_: Settings) -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < MIN_PYTHON:
        return Check("python", "fail", found, "Install Python 3.11 or newer.")
    return Check("python", "ok", found)


async def _packages(_: Settings) -> Check:
    """Versions of what the installed distribution asks for; a checkout that is not installed has nothing to compare."""
    try:
        wanted = [Requirement(line) for line in requires("livecue") or ()]
    except PackageNotFoundError:
        return Check(
            "packages", "warn", "Livecue itself is not installed", "Run `make setup` or `pip install livecue`."
        )
    needed = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [str(one) for one in needed if not _is_met(one)]
    if wrong:
        return Check("packages", "fail", f"missing or too old: {', '.join(wrong)}", "Run `make setup` or reinstall.")
    return Check("packages", "ok", f"livecue {livecue_version()}, {len(needed)} requirements met")


def _is_met(wanted: Requirement) -> bool:
    try:
        return wanted.specifier.contains(version(wanted.name), prereleases=True)
    except PackageNotFoundError:
        return False


async def _cores(settings: Settings) -> Check:
    layout = layout_here(settings.asr.device, workers=settings.asr.workers, threads=settings.asr.threads)
    found = f"{layout.workers} recognisers × {layout.threads} threads on {layout.reason}"
    if layout.total > len(allowed_cpus()):
        return Check(
            "cores",
            "warn",
            found,
            "Lower LIVECUE_ASR__WORKERS or LIVECUE_ASR__THREADS: more threads than cores slow each other down.",
        )
    return Check("cores", "ok", found)


async def _disk(settings: Settings) -> Check:
    place = settings.data_dir
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    found = f"{free / 10**9:.1f} GB free for {settings.data_dir}"
    if not os.access(place, os.W_OK):
        return Check("disk", "fail", f"{place} cannot be written", "Change its owner or set LIVECUE_DATA_DIR.")
    if free < FREE_DISK_FAIL_BYTES:
        return Check("disk", "fail", found, "Free some space or set LIVECUE_DATA_DIR.")
    if free < FREE_DISK_WARN_BYTES:
        return Check("disk", "warn", found, "Plan for more space: live calls are written to disk.")
    return Check("disk", "ok", found)


async def _model(settings: Settings) -> Check:
    """The first recogniser of the settings that can be used; it is a failure when none can."""
    found: list[ModelDirectory] = []
    broken: list[tuple[str, LivecueError]] = []
    for chosen in (settings.asr, *settings.asr.fallbacks):
        try:
            found.append(locate_model(RecogniserChoice(chosen.backend, chosen.model), settings.models_dir))
        except LivecueError as error:
            broken.append((chosen.model, error))
    usable = ", then ".join(f"{model.label} in {model.path}" for model in found)
    if not broken:
        return Check("model", "ok", usable)
    model, error = broken[0]
    if not found:
        return Check("model", "fail", f"{model}: {error.code}", error.message)
    return Check("model", "warn", f"{model}: {error.code}; {usable} can be used", error.message)


async def _shipped_models(settings: Settings) -> Check:
    """The models that come with Livecue; without the voice detector no call can be heard."""
    shipped = [model for model in load_catalogue() if isinstance(model.source, InstalledSource)]
    found = [verify_model(settings.models_dir, model, quick=True) for model in shipped]
    broken = [one for one in found if not one.is_ok]
    if not broken:
        return Check("shipped-models", "ok", ", ".join(f"{one.model}@{one.version}" for one in found))
    is_deaf = any(model.name == one.model and model.task == "voice-activity" for one in broken for model in shipped)
    names = ", ".join(f"{one.model}: {one.code}" for one in broken)
    return Check("shipped-models", "fail" if is_deaf else "warn", names, f"Run `{broken[0].repair}`.")


async def _classifiers(settings: Settings) -> Check:
    """The text classifiers of the settings; calls go on without one that is broken, and say so."""
    found: list[str] = []
    broken: list[tuple[str, LivecueError]] = []
    for chosen in settings.nlu.extra:
        try:
            model = locate_classifier(chosen.backend, chosen.model, settings.models_dir)
            found.append(f"{model.label} ({chosen.backend}, {chosen.signal}) in {model.path}")
        except LivecueError as error:
            broken.append((chosen.model, error))
    usable = ", ".join(found) or "none"
    if not broken:
        return Check("classifiers", "ok", usable)
    codes = ", ".join(f"{model}: {error.code}" for model, error in broken)
    return Check("classifiers", "warn", f"{codes}; usable: {usable}", broken[0][1].message)


async def _store(settings: Settings) -> Check:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        async with open_stores(settings.store_url) as stores:
            product = stores.product
    except (LivecueError, OSError) as error:
        return Check("store", "fail", _code(error), _advice(error, "Check LIVECUE_STORE."))
    return Check("store", "ok", f"{product} at {settings.store_url.partition('@')[2] or settings.store_url}")


async def _bus(settings: Settings) -> Check:
    try:
        async with open_bus(settings.bus):
            pass
    except (LivecueError, OSError) as error:
        return Check("bus", "fail", _code(error), _advice(error, "Check LIVECUE_BUS."))
    return Check("bus", "ok", settings.bus.partition("@")[2] or settings.bus)


async def _customers(settings: Settings) -> Check:
    """Asked for somebody whom it need not know; calls go on without a directory that cannot answer."""
    token, guard = settings.customers_token.get_secret_value(), GuardLimits(timeout_s=settings.limits.customers_s)
    try:
        async with open_customers(settings.customers, token=token, limits=guard) as directory:
            record = None if directory is None else await directory.look_up("livecue-doctor")
    except CustomersError as error:
        return Check("customers", "warn", error.code, error.message)
    except LivecueError as error:
        return Check("customers", "fail", error.code, error.message)
    return Check("customers", "ok", "none" if record is None else f"{record.source} answers")


async def _playbook(settings: Settings) -> Check:
    library = PlaybookLibrary(settings.playbooks_dir, default=settings.playbook)
    broken = [result.error for result in library.reload() if result.error is not None]
    try:
        playbook = library.get(None)
    except LivecueError as error:
        first = broken[0] if broken else error
        return Check("playbook", "fail", first.code, first.message)
    if broken:
        return Check("playbook", "warn", f"{playbook.reference}; another is broken", broken[0].message)
    return Check("playbook", "ok", f"{playbook.reference}, {len(playbook.rules)} rules")


async def _receivers(settings: Settings) -> Check:
    """Whether those answer who get wrap-ups and notifications, and playbooks name no others; nothing is sent."""
    library = PlaybookLibrary(settings.playbooks_dir, default=settings.playbook)
    library.reload()
    books = [file.playbook for file in library.files() if file.playbook is not None]
    strange = [f"{book.name}: {one.message}" for book in books for one in strange_channels(book, settings.channels)]
    wanted = {"webhook": settings.webhook} if settings.webhook.url else {}
    away = [name for name, one in {**wanted, **settings.channels}.items() if not await answers(one.url, CONNECT_S)]
    if away:
        remedy = "Check the addresses, and what lies between; what waits for them is tried again."
        return Check("receivers", "warn", f"no answer from {', '.join(away)}", remedy)
    if strange:
        return Check("receivers", "warn", strange[0], "Set LIVECUE_CHANNELS__NAME__URL and __SECRET, or mend the rule.")
    return Check("receivers", "ok", ", ".join((*wanted, *settings.channels)) or "none")


async def _web(_: Settings) -> Check:
    if not is_built():
        return Check("web", "warn", "the pages are not built", "Run `make web`; everything else works without.")
    return Check("web", "ok", "built")


async def _port(settings: Settings) -> Check:
    address = f"{settings.host}:{settings.port}"
    try:
        with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        return Check(
            "port", "warn", f"{address}: {error.strerror}", "Is Livecue running already? Else set LIVECUE_PORT."
        )
    return Check("port", "ok", f"{address} is free")


def _code(error: LivecueError | OSError) -> str:
    return error.code if isinstance(error, LivecueError) else error.strerror or "system error"


def _advice(error: LivecueError | OSError, otherwise: str) -> str:
    return error.message if isinstance(error, LivecueError) else otherwise
