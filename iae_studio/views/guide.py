"""The guide of fifteen minutes, with its pictures, beside the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QImage, QTextBlock, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QListWidget, QTextBrowser, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import row

SIZE = QSize(1000, 760)  # px, at first
HEADINGS, PICTURE = 220, 680  # px of width
SECTION = 2  # level of the headings that are listed


class GuideDialog(QDialog):
    """`guideDialog`: the headings at the left, the text at the right."""

    def __init__(self, guide: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guideDialog")
        self.setWindowTitle("Guide")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setSizeGripEnabled(True)
        self.text = GuideText(guide)
        self.headings = QListWidget()
        self.headings.setObjectName("guideHeadings")
        self.headings.setAccessibleName("Sections of the guide")
        self.headings.setWordWrap(True)
        self.headings.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.headings.addItems([block.text() for block in self.text.sections()])
        self.headings.currentRowChanged.connect(self.text.show_section)
        layout = row(self.headings, self.text)
        layout.setContentsMargins(*[theme.PAD] * 4)
        layout.setStretchFactor(self.text, 1)
        self.setLayout(layout)
        self.text.setFocus()  # the list would choose its first section: the text begins above it
        theme.follow(self, lambda: self.headings.setFixedWidth(theme.px(HEADINGS)))
        room = self.screen().availableSize()
        self.resize(QSize(theme.px(SIZE.width()), theme.px(SIZE.height())).boundedTo(room))


class GuideText(QTextBrowser):
    """The text, its pictures of one width; links open in the browser."""

    def __init__(self, guide: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guideText")
        self.setAccessibleName("Guide")
        self.setOpenExternalLinks(True)
        self.document().setDocumentMargin(theme.PAD)
        self._folder, self._wide = guide.parent, round(theme.px(PICTURE))
        # Pictures that follow each other stand in paragraphs of their own.
        self.setMarkdown(guide.read_text("utf-8").replace(")\n![", ")\n\n!["))
        for block in self._blocks():
            spaced = block.blockFormat()
            spaced.setBottomMargin(theme.GAP)
            QTextCursor(block).setBlockFormat(spaced)

    def sections(self) -> list[QTextBlock]:
        """The headings that are listed."""
        return [b for b in self._blocks() if b.blockFormat().headingLevel() == SECTION]

    def show_section(self, place: int) -> None:
        """Scroll until that heading is at the top."""
        heading = self.sections()[place]
        self.setTextCursor(QTextCursor(heading))
        top = self.document().documentLayout().blockBoundingRect(heading).top()
        self.verticalScrollBar().setValue(round(top))

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        image = QImage(str(self._folder / QUrl(name).toString()))
        if image.width() > self._wide:
            image = image.scaledToWidth(self._wide, Qt.TransformationMode.SmoothTransformation)
        return image

    def _blocks(self) -> Iterator[QTextBlock]:
        block = self.document().begin()
        while block.isValid():
            yield block
            block = block.next()
