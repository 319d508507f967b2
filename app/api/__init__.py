"""The HTTP API under `/api/v1`: one file per noun, verbs as functions.

Every route is declared with `contract.operation`, which names the msgspec Structs of the query, the
body and the answer. The same Structs decode requests, encode answers and describe themselves in
`/openapi.json`, so the document cannot say something else than the code does.

Conventions of all routes:

- JSON names are camelCase; ids are strings; times are RFC 3339 in UTC with milliseconds.
- Lists take `limit` (1 to 200, default 50) and `cursor` and answer `{"items": [...], "nextCursor": ...}`.
- Variables are plain JSON values, or `{"type": "date", "value": "2026-01-01"}` where JSON has no such type.
- Errors are `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail` and, where it
  applies, `field` (the member that is wrong, `variables.amount`) and `problems` (of a diagram).
- A key goes into `Authorization: Bearer <key>`; without authentication (loopback only) the cookie
  `baton_user` or the header `Baton-User` says who you are.
"""
