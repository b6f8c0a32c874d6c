"""What every route answers to everybody: a row a route, a column a kind of person. A route without a row fails a test.

Cells: ``both`` the calls of both teams, ``ours`` those of the early team alone, ``none`` the route answers, with no
call in it, ``yes`` it answers and has nothing to do with calls, ``-`` it refuses: 403, without a log-in 401.

People: ``anon`` nobody, ``agent`` 1001 of the early team, whose call is "ours", ``mate`` 1002 of the same team,
``lead`` its supervisor, ``qa`` assigned to it, ``spare`` a supervisor without a team, ``train`` a trainer, ``qlead`` a
lead of QA, ``key`` an API key. The call "theirs" is of agent 2001 of the late team. ``~`` stands for ``/api/v1``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from gateway.app import API_PREFIX

PEOPLE = ("anon", "agent", "mate", "lead", "qa", "spare", "train", "qlead", "admin", "key")
Cell = Literal["both", "ours", "none", "yes", "-"]

TABLE = """
route                                                   status anon agent mate lead qa   spare train qlead admin key

GET    /healthz                                          200   yes  yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    /readyz                                           200   yes  yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    /metrics                                          200   yes  yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    ~/openapi.json                                    200   yes  yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    /api/docs                                         200   yes  yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    /api/docs/start.js                                200   yes  yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    /api/docs/swagger-ui-bundle.js                    200   yes  yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    /api/docs/swagger-ui.css                          200   yes  yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    /{path:path}                                      200   yes  yes   yes  yes  yes  yes   yes   yes   yes   yes

POST   ~/session                                         200   yes  yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    ~/session                                         200   -    yes   yes  yes  yes  yes   yes   yes   yes   yes
DELETE ~/session                                         204   -    yes   yes  yes  yes  yes   yes   yes   yes   yes

GET    ~/calls                                           200   -    ours  none ours ours none  both  both  both  both
GET    ~/calls/{call_id}                                 200   -    ours  none ours ours none  both  both  both  both
GET    ~/calls/{call_id}/events                          200   -    ours  none ours ours none  both  both  both  both
GET    ~/calls/{call_id}/audio                           200   -    ours  none ours ours none  both  both  both  both
GET    ~/calls/{call_id}/peaks                           200   -    ours  none ours ours none  both  both  both  both
GET    ~/calls/{call_id}/transcript                      200   -    ours  none ours ours none  both  both  both  both
POST   ~/calls/{call_id}/prompts/{prompt_id}/outcomes    404   -    ours  none ours ours none  both  both  both  both
POST   ~/calls/{call_id}/results                         201   -    ours  none ours ours none  both  both  both  both
POST   ~/calls/{call_id}/kept-promises                   404   -    ours  none ours ours none  both  both  both  both
POST   ~/calls/{call_id}/legs                            404   -    ours  none ours -    none  -     -     both  -
POST   ~/calls/{call_id}/corrections                     201   -    -     none ours ours none  both  both  both  -
POST   ~/calls/{call_id}/notes                           201   -    ours  none ours ours none  both  both  both  -
DELETE ~/calls/{call_id}/notes/{note_id}                 404   -    ours  none ours ours none  both  both  both  -
POST   ~/calls/{call_id}/reveal                          200   -    -     none ours ours none  -     both  both  -
POST   ~/calls/{call_id}/wrap-up                         201   -    ours  none ours ours none  -     both  both  -
GET    ~/dispositions                                    200   -    yes   yes  yes  yes  yes   yes   yes   yes   yes

GET    ~/archive                                         200   -    ours  none ours ours none  both  both  both  both
GET    ~/archive/count                                   200   -    ours  none ours ours none  both  both  both  both
GET    ~/archive/choices                                 200   -    ours  none ours ours none  both  both  both  both
GET    ~/archive/export                                  200   -    -     -    ours ours none  both  both  both  -
GET    ~/archive/searches                                200   -    yes   yes  yes  yes  yes   yes   yes   yes   -
POST   ~/archive/searches                                201   -    yes   yes  yes  yes  yes   yes   yes   yes   -
DELETE ~/archive/searches/{search_id}                    404   -    yes   yes  yes  yes  yes   yes   yes   yes   -
GET    ~/corrections                                     200   -    -     -    ours ours none  both  both  both  -

GET    ~/reports                                         200   -    yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    ~/reports/{name}                                  200   -    ours  none ours ours none  both  both  both  both

GET    ~/playbook                                        200   -    yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    ~/playbook-schema                                 200   -    yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    ~/playbooks                                       200   -    yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    ~/playbooks/{name}                                200   -    yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    ~/playbooks/{name}/texts/{which}                  200   -    yes   yes  yes  yes  yes   yes   yes   yes   yes
GET    ~/playbooks/{name}/diff                           200   -    yes   yes  yes  yes  yes   yes   yes   yes   yes
PUT    ~/playbooks/{name}/draft                          409   -    -     -    yes  yes  yes   yes   yes   yes   -
DELETE ~/playbooks/{name}/draft                          409   -    -     -    yes  yes  yes   yes   yes   yes   -
POST   ~/playbooks/{name}/versions                       400   -    -     -    yes  yes  yes   -     yes   yes   -
POST   ~/playbooks/{name}/rollback                       404   -    -     -    yes  yes  yes   -     yes   yes   -
POST   ~/playbooks/{name}/check                          200   -    -     -    yes  yes  yes   yes   yes   yes   -
POST   ~/playbooks/{name}/try                            200   -    -     -    ours ours none  both  both  both  -
POST   ~/playbooks/{name}/replay                         200   -    -     -    ours ours none  both  both  both  -
GET    ~/experiments                                     200   -    -     -    yes  yes  yes   yes   yes   yes   yes
POST   ~/experiments/{playbook}/{experiment}/decisions   404   -    -     -    yes  yes  yes   -     yes   yes   -

GET    ~/drills                                          200   -    yes   yes  yes  yes  yes   yes   yes   yes   -
GET    ~/drills/{drill_id}/audio                         404   -    yes   yes  yes  yes  yes   yes   yes   yes   -

GET    ~/expected-calls                                  200   -    -     -    -    -    -     -     -     yes   yes
POST   ~/expected-calls                                  201   -    -     -    -    -    -     -     -     yes   yes
GET    ~/expected-calls/{expected_id}                    404   -    -     -    -    -    -     -     -     yes   yes
DELETE ~/expected-calls/{expected_id}                    404   -    -     -    -    -    -     -     -     yes   yes

GET    ~/teams                                           200   -    -     -    -    -    -     -     -     yes   -
PUT    ~/teams/{name}                                    200   -    -     -    -    -    -     -     -     yes   -
DELETE ~/teams/{name}                                    404   -    -     -    -    -    -     -     -     yes   -

GET    ~/reviews                                        200   -    none none ours ours none none both both none
POST   ~/reviews                                        409   -    -    -    ours -    none -    both both -
GET    ~/calls/{call_id}/reviews                        200   -    ours none ours ours none both both both both
GET    ~/reviews/inbox                                  200   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
GET    ~/reviews/people                                 200   -    -    -    yes  -    yes  -    yes  yes  -
GET    ~/reviews/draws                                  200   -    -    -    yes  yes  yes  -    yes  yes  -
POST   ~/reviews/draws                                  400   -    -    -    yes  -    yes  -    yes  yes  -
GET    ~/reviews/{review_id}                            404   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
POST   ~/reviews/{review_id}/{step}                     404   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
POST   ~/reviews/{review_id}/assign                     404   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
POST   ~/reviews/{review_id}/score                      404   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
POST   ~/reviews/{review_id}/appeal                     404   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
POST   ~/reviews/{review_id}/decide                     404   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
POST   ~/reviews/{review_id}/coaching                   404   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
POST   ~/reviews/{review_id}/coaching/{note_id}/acknowledge 404   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
GET    ~/calibrations                                   200   -    -    -    yes  yes  yes  -    yes  yes  -
POST   ~/calibrations                                   404   -    -    -    ours -    none -    both both -
GET    ~/calibrations/agreement                         200   -    -    -    yes  yes  yes  -    yes  yes  -
GET    ~/calibrations/{calibration_id}                  404   -    -    -    yes  yes  yes  -    yes  yes  -
GET    ~/scorecards                                     200   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
GET    ~/scorecards/{name}                              404   -    yes  yes  yes  yes  yes  yes  yes  yes  yes
GET    ~/rule-cases                                     200   -    -    -    yes  yes  yes  -    yes  yes  -
GET    ~/rule-precision                                 200   -    yes  yes  yes  yes  yes  yes  yes  yes  yes

GET    ~/audit-log                                       200   -    -     -    -    -    -     -     yes   yes   -
GET    ~/legal-holds                                     200   -    -     -    -    -    -     -     -     yes   -
POST   ~/legal-holds                                     409   -    -     -    -    -    -     -     -     yes   -
DELETE ~/legal-holds/{hold_id}                           404   -    -     -    -    -    -     -     -     yes   -
GET    ~/erasures                                        200   -    -     -    -    -    -     -     -     yes   -
POST   ~/erasures                                        201   -    -     -    -    -    -     -     -     yes   -

WS     /desk/v1                                          101   -    ours  none ours ours none  both  both  both  -
WS     /ingest/v1                                        101   -    -     -    -    -    -     -     -     -     yes
WS     /softphone/v1                                    101   -    yes   yes  yes  yes  yes   yes   yes   yes   -
WS     /softphone/v1/room                               101   -    yes   yes  yes  yes  yes   yes   yes   yes   -
WS     /ingest/audio_fork                               101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/audio_fork/{rest:path}                   101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/audio_stream                             101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/audio_stream/{rest:path}                 101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/chan_websocket                           101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/chan_websocket/{rest:path}               101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/funasr                                   101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/funasr/{rest:path}                       101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/jambonz                                  101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/jambonz/{rest:path}                      101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/vonage                                   101   -    -     -    -    -    -     -     -     -     yes
WS     /ingest/vonage/{rest:path}                       101   -    -     -    -    -    -     -     -     -     yes
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One route."""

    method: str
    path: str
    status: int
    """Of whoever is let in."""
    cells: Mapping[str, Cell]
    """By person."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def rows(table: str = TABLE) -> Iterator[Row]:
    """Every row. Raises ValueError for one that cannot be read."""
    head, *lines = (line.split() for line in table.splitlines() if line.strip())
    if tuple(head) != ("route", "status", *PEOPLE):
        raise ValueError(f"the head names {head}")
    for method, path, status, *cells in lines:
        if len(cells) != len(PEOPLE) or not set(cells) <= set(get_args(Cell)):
            raise ValueError(f"{method} {path} has the cells {cells}")
        by_person: dict[str, Cell] = dict(zip(PEOPLE, cast("list[Cell]", cells), strict=True))
        yield Row(method, path.replace("~", API_PREFIX), int(status), by_person)
