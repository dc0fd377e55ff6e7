"""What the mouse does, and the keys that belong to the widget that has the keyboard."""

from __future__ import annotations

# Subject: (gesture, what it does).
GESTURES: dict[str, tuple[tuple[str, str], ...]] = {
    "Pictures": (
        ("Drop", "Images, folders, archives and models open where you drop them"),
        ("Click a tile", "Select it: every view is about the selected image"),
        ("Double click a tile", "Enlarge it beside its input"),
        ("Click a head, n1, n2…", "Keep that column's noise while the others are drawn anew"),
        ("Ctrl+click a tile", "It is the other end of an interpolation"),
        ("Alt+click a tile", "It is the next of A, B and C in A − B + C"),
        ("Click a row's cross", "Take that image away"),
        ("Arrow keys", "Select the tile beside"),
        ("Enter", "Enlarge the selected tile"),
        ("Delete", "Take the selected image away"),
        ("Ctrl+wheel", "Zoom, where the view can"),
    ),
    "Clusters": (
        ("Click a head", "Show the images of that cluster, or close them"),
        ("Double click a tile", "Enlarge it"),
        ("Arrow keys", "Go to the tile beside; the heads are above the first row"),
        ("Left, Right on a head", "Show the images of the cluster beside"),
        ("Enter", "Enlarge the tile; on a head, as a click"),
    ),
    "Sliders": (
        ("Drag", "Change the value; the pictures follow"),
        ("Double click", "Back to where it began"),
        ("Arrow keys, wheel", "A small step; Page Up and Page Down a larger one"),
        ("Type a number", "Set it exactly; Enter keeps it, Escape does not"),
        ("Home, End", "To the least, to the most"),
    ),
    "Draw": (
        ("Left button", "Draw"),
        ("Right button", "Erase"),
    ),
    "Queue": (
        ("Enter, double click", "Show that model"),
        ("Ctrl+Enter", "Train it before all others, now"),
        ("Alt+Up, Alt+Down", "Sooner, later"),
        ("Delete", "Take it out of the queue; its run stays"),
    ),
    "Runs": (
        ("Enter, double click", "Show that run"),
        ("F2", "Give it a name; an empty one is its experiment's again"),
        ("Delete", "To the trash, from where it comes back"),
    ),
    "Losses": (
        ("Point", "The values at that step, in the legend"),
        ("Wheel, drag", "Zoom and move"),
        ("Double click", "The whole run again"),
        ("Click a name", "Hide or show its curve"),
        ("Left, Right", "Read the values step by step; Page Up and Page Down go ten times as far"),
        ("Home, End", "To the first step, to the last"),
        ("Plus, minus", "Zoom about the step that is read"),
        ("Enter", "Look at the moment nearest to that step"),
        ("Escape", "Back to the newest values"),
    ),
    "Points in the plane": (
        ("Wheel, drag", "Zoom and move; so do plus and minus, and the arrow keys"),
        ("Double click, Home", "As far as the data reach"),
    ),
    "Time": (
        ("Drag the handle", "Look at another moment; so do the arrow keys, Home and End"),
        ("Drag an end of the range", "What plays round and round"),
        ("[ and ]", "The range begins, or ends, at the moment that is looked at"),
    ),
    "Window": (
        ("Drag a panel's title", "Move it to another side, or out of the window"),
        ("Drag between two panels", "Give one more room"),
        ("Escape", "Leave the full screen, a dialog, the palette, a help text"),
        ("Tab, Shift+Tab", "From control to control"),
        ("Enter", "Press the button that has the keyboard; Space draws new noise"),
    ),
}
