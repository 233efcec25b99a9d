"""Put printed chapters together into one PDF: outline, links from chapter to chapter, page numbers."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urldefrag

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject


def bind(
    writer: PdfWriter, contents: PdfReader, chapters: Mapping[str, PdfReader], lines: Sequence[Any], site: str
) -> None:
    """Fill a writer with the contents and the chapters.

    ``lines`` are the contents' lines: their title, their address (none for a part), and the page, counted
    from zero, on which they start.
    """
    first = {line.address: line.first for line in lines if line.address}
    part = None
    for reader in (contents, *chapters.values()):
        for page in reader.pages:
            writer.add_page(page)
    for line in lines:
        if line.address:
            writer.add_outline_item(title=line.title, page_number=line.first, parent=part)
        else:
            following = lines[lines.index(line) + 1]
            part = writer.add_outline_item(title=line.title, page_number=following.first, bold=True)
    relink(writer, 0, contents, chapters, first, site)
    for address, reader in chapters.items():
        relink(writer, first[address], reader, chapters, first, site)


def relink(
    writer: PdfWriter,
    start: int,
    own: PdfReader,
    chapters: Mapping[str, PdfReader],
    first: Mapping[str, int],
    site: str,
) -> None:
    """Have the links of some pages lead to the book's own pages; those to none of them are taken away.

    Each chapter is printed alone, so the names of its places may also be another chapter's: a link
    gets the place itself.
    """
    for page in writer.pages[start : start + len(own.pages)]:
        kept = ArrayObject()
        for reference in page.get("/Annots", ()):
            link = reference.get_object()
            if "/Dest" in link:
                place = destination(writer, own, start, str(link["/Dest"]).removeprefix("/"))
            elif (uri := str(link.get("/A", DictionaryObject()).get("/URI", ""))).startswith(site):
                address, fragment = urldefrag(uri)
                place = (
                    destination(writer, chapters[address], first[address], unquote(fragment))
                    if address in first
                    else None
                )
            else:
                kept.append(reference)
                continue
            if place is not None:
                link.pop("/A", None)
                link[NameObject("/Dest")] = place
                kept.append(reference)
        if "/Annots" in page:
            page[NameObject("/Annots")] = kept


def destination(writer: PdfWriter, reader: PdfReader, start: int, name: str) -> ArrayObject:
    """A named place of a chapter in the whole book; the chapter's beginning where it has no such place."""
    named = reader.named_destinations.get(name) or reader.named_destinations.get(f"/{name}")
    if named is None:
        return ArrayObject([writer.pages[start].indirect_reference, NameObject("/Fit")])
    number = reader.get_destination_page_number(named)
    rest = [part for part in named.dest_array[1:]]
    return ArrayObject([writer.pages[start + (number or 0)].indirect_reference, *rest])


def number_pages(writer: PdfWriter, numbers: PdfReader) -> None:
    """Lay a page with a number over each page."""
    for page, number in zip(writer.pages, numbers.pages, strict=True):
        page.merge_page(number)
