"""What a file of JSON may hold where this program wrote something else, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

_PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([10**400, 2**64, -(10**30), "folder", "iae", "mnist"])
)
_ROWS = st.lists(_PLAIN, max_size=3)
ODD_JSON = (
    _PLAIN | _ROWS | st.dictionaries(st.text(max_size=10), _PLAIN | _ROWS, max_size=3) | _ROWS
)
