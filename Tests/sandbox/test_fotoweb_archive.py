"""The Archive Agent: archives, file lists element by element, pictures, image IDs."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import pytest
import requests
from conftest import AGENT, FotoWebClient
from test_fotoweb_guide import fresh_token, ids

from damsession.sandbox import Sandbox
from damsession.sandbox.content import Slice

Make = Callable[[], FotoWebClient]
REST = "/fotoweb/cmdrequest/rest/"
DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT")
ADA = {"u": "ada", "p": "ada-password"}


def xml(response: requests.Response) -> ElementTree.Element:
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/xml")
    return ElementTree.fromstring(response.content)


def files(client: FotoWebClient, command: str = "/5000/Search", **query: Any) -> list[Any]:
    return xml(client.agent(command, **query)).findall("File")


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height, from the segments that a JPEG must have."""
    assert picture[:2] == b"\xff\xd8"
    at = 2
    while picture[at + 1] != 0xC0:
        at += 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    frame = picture[at + 5 : at + 9]
    return int.from_bytes(frame[2:], "big"), int.from_bytes(frame[:2], "big")


def test_archives(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    client = fotoweb().login()
    for path in ("", "/"):
        archives = [one.attrib for one in xml(client.agent(path))]
        assert archives[1] == {"Id": "5001", "Name": "Graphics"}
    assert client.agent("/Photos/Information").status_code == 200
    assert client.agent("/5000//Information/").status_code == 200
    for path in ("/9999/Search", "/5000/Nothing", "/5000/Search/More", "/5000"):
        assert client.agent(path).status_code == 404
    image = ids(client.agent("/5000/Search").text)[0]
    for command in ("Information", "FileInfo", "Preview", "Download"):
        assert client.agent("/9999/" + command, Id=image).status_code == 404


def test_a_search_at_the_root_counts_the_hits_of_every_archive(fotoweb: Make) -> None:
    client = fotoweb().login()
    for search, hits in (("photos", ["60", "0"]), ("made-up", ["60", "60"]), ("_0060", ["0", "1"])):
        found = xml(client.agent("/Search", Search=search, FileInfo="0", MetaData="0"))
        assert [one.attrib["Hits"] for one in found.findall("Archive")] == hits
        assert [one.attrib["Id"] for one in found] == ["5000", "5001"]
    assert client.agent("/Search", Search="(").status_code == 400


def test_the_parts_of_a_list(fotoweb: Make) -> None:
    found = xml(fotoweb().login().agent("/5001/Search", Search="_006", Skip="2", MaxHits="2"))
    root = dict(found.attrib)
    assert DATE.fullmatch(root.pop("Created")) and float(root.pop("SearchTime")) >= 0
    assert float(root.pop("ProcessingTime")) >= 0
    assert root == {
        "Version": "1.1", "CreatorApplication": "FotoWeb/8.0", "X-Source-Archive": "5001",
        "TotalHits": "10", "ReturnedHits": "2",
    }  # fmt: skip
    assert [file.attrib["Name"][:13] for file in found] == ["graphics_0062", "graphics_0063"]


def test_the_parts_of_a_file(fotoweb: Make) -> None:
    (file,) = files(fotoweb().login(), Search="photos_0007")
    assert list(file.attrib) == ["Name", "Id", "X-Permalink", "X-FoxToken", "X-TimeStamp"]
    assert file.attrib["X-Permalink"] == (
        "/fotoweb/archives/5000-Photos/photos_0007%20%C3%A6%26b.jpg.info"
    )
    assert [part.tag for part in file] == ["FileInfo", "MetaData"]
    info = {part.tag: part.text for part in file.find("FileInfo")}
    assert list(info) == ["Path", "Created", "LastModified", "FileSize", "MimeType"]
    assert (info["Path"], info["MimeType"]) == ("\\\\SANDBOX\\Photos", "image/jpeg")
    assert DATE.fullmatch(info["Created"]) and DATE.fullmatch(info["LastModified"])
    meta = {part.tag: part.text for part in file.find("MetaData")}
    assert list(meta) == ["PixelWidth", "PixelHeight", "Resolution", "ColorSpace", "Text"]
    assert (meta["PixelWidth"], meta["PixelHeight"]) == ("1200", "1600")
    texts = [(one.attrib, one.text) for one in file.iterfind("MetaData/Text/Field")]
    assert ({"Id": "IPTC2:120", "Name": "Caption"}, "Made-up picture 7 & caption æøå") in texts
    keywords = [text for field, text in texts if field == {"Id": "IPTC2:25", "Name": "Keywords"}]
    assert keywords == ["made-up", "upright"]


@pytest.mark.parametrize("command", ["/5000/Search", "/5000/FileInfo"])
@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ({}, ["FileInfo", "MetaData"]),
        ({"FileInfo": "1", "MetaData": "1"}, ["FileInfo", "MetaData"]),
        ({"FileInfo": "0"}, ["MetaData"]),
        ({"MetaData": "0"}, ["FileInfo"]),
        ({"FileInfo": "0", "MetaData": "0"}, []),
        ({"PreviewSize": ["0", "1024", "200"]}, ["FileInfo", "PreviewLinks", "MetaData"]),
    ],
)
def test_what_is_asked_away(
    fotoweb: Make, command: str, asked: dict[str, Any], parts: list[str]
) -> None:
    client = fotoweb().login()
    image = ids(client.agent("/5000/Search").text)[0]
    file = files(client, command, **{"Id": image} if "FileInfo" in command else {}, **asked)[0]
    assert [part.tag for part in file] == parts
    links = [one.attrib for one in file.iterfind("PreviewLinks/PreviewUrl")]
    sizes = asked.get("PreviewSize", [])
    assert links == [{"Id": str(index), "Size": size} for index, size in enumerate(sizes)]


def test_bad_parameters(fotoweb: Make) -> None:
    client = fotoweb().login()
    image = ids(client.agent("/5000/Search").text)[0]
    bad = ({"PreviewSize": "1025"}, {"PreviewSize": ["9", ""]}, {"MaxHits": "-1"}, {"Skip": "x"})
    for query in bad:
        assert client.agent("/5000/Search", **query).status_code == 400
    assert client.agent("/5000/FileInfo").status_code == 400
    assert client.agent("/5000/FileInfo", Id=image, PreviewSize="1025").status_code == 400
    assert client.agent("/5000/FileInfo", Id="nonsense").status_code == 404


def test_what_a_visitor_may_do(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    dam_sandbox.knobs(missing_session_fotoweb="guest")
    for client, edits in ((fotoweb().login(), "true"), (fotoweb(), "false")):
        server = xml(client.agent()).find("ServerInformation")
        assert server is not None and server.find("X-FotoWeb-Permissions") is not None
        assert server.find("X-FotoWeb-Permissions").attrib == {  # type: ignore[union-attr]
            "read": "true", "download": edits, "EditText": edits, "RotateCrop": edits,
        }  # fmt: skip


def test_preview_urls_lead_to_pictures_of_their_size(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    client = fotoweb().login()
    sizes = [(1, 1), (200, 150), (1024, 768)], [(1, 1), (150, 200), (768, 1024)]
    found = files(client, MaxHits="2", PreviewSize=["0", "200", "1024"])
    assert len(found) == len(sizes)
    for file, of_file in zip(found, sizes):
        urls = [one.text for one in file.iterfind("PreviewLinks/PreviewUrl")]
        assert len(urls) == len(of_file)
        for url, size in zip(urls, of_file):
            assert url.startswith(f"{dam_sandbox.fotoweb}{AGENT}/5000/Preview?Id=")
            response = client.http.get(url, headers={"Cookie": client.cookie})
            assert response.headers["Content-Type"] == "image/jpeg"
            assert size_of(response.content) == size
            assert client.http.get(url).status_code == 401


def test_pictures_by_image_id_and_by_fox_token(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    client = fotoweb().login()
    (file,) = files(client, MaxHits="1", PreviewSize="200")
    image, fox = file.attrib["Id"], file.attrib["X-FoxToken"]
    assert size_of(client.agent("/5000/Preview", Id=image).content) == (1024, 768)
    original = client.agent("/5000/Download", Id=image)
    assert len(original.content) == int(file.findtext("FileInfo/FileSize"))
    assert size_of(original.content) == (1600, 1200)
    preview = file.findtext("PreviewLinks/PreviewUrl").partition("Id=")[2]
    assert client.agent("/5000/Download", Id=preview).status_code == 404
    assert client.agent("/5000/FileInfo", Id=preview).status_code == 404
    thumbnail = dam_sandbox.fotoweb + REST + "preview.fwx"
    cookie = {"Cookie": client.cookie}
    for wanted, size in (("220", (220, 165)), ("2048", (2048, 1536)), ("", (1024, 768))):
        response = client.http.get(thumbnail, params={"f": fox, "sz": wanted}, headers=cookie)
        assert size_of(response.content) == size
    for token, wanted, status in ((image, "9", 404), (fox, "2049", 400), (fox, "x", 400)):
        query = {"f": token, "sz": wanted}
        assert client.http.get(thumbnail, params=query, headers=cookie).status_code == status
    assert client.http.get(thumbnail, params={"f": fox}).status_code == 401


def test_a_download_of_any_size_is_the_picture_and_more(fotoweb: Make) -> None:
    client = fotoweb().login()
    image = ids(client.agent("/5000/Search").text)[0]
    whole = client.agent("/5000/Download", Id=image, size="300000").content
    end = whole.index(b"\xff\xd9") + 2
    assert whole == whole[:end] + Slice("photos_0000 æ&b.jpg", end, 300_000 - end).read()
    url = f"{client._sandbox.fotoweb}{AGENT}/5000/Download?size=300000&Id={image}"
    for first, last in ((10, 20), (end - 5, end + 5), (end, 299_999), (70_000, 80_000)):
        headers = {"Cookie": client.cookie, "Range": f"bytes={first}-{last}"}
        assert client.http.get(url, headers=headers).content == whole[first : last + 1]


def test_the_archive_list_and_the_fields_of_the_site(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    client = fotoweb().login()
    site, headers = dam_sandbox.fotoweb + REST, {"Cookie": client.cookie}
    archives = xml(client.http.get(site + "archivelist.fwx", headers=headers))
    assert [one.attrib for one in archives.iterfind("Archives/Archive")] == [
        {"Id": "5000", "Name": "Photos", "ParentId": "0", "IsIndexed": "TRUE"},
        {"Id": "5001", "Name": "Graphics", "ParentId": "0", "IsIndexed": "TRUE"},
    ]
    fields = xml(client.http.get(site + "metadataconfiguration.fwx", headers=headers))
    known = {one.attrib["Id"]: one.attrib for one in fields.iterfind("MetadataConfiguration/Field")}
    assert known["25"] == {"Id": "25", "Name": "Keywords", "IsMultipleInstanceField": "TRUE"}
    shown = {one.attrib["Id"] for one in files(client)[0].iterfind("MetaData/Text/Field")}
    assert shown < {f"IPTC2:{number}" for number in known} and len(shown) > 5
    assert client.http.get(site + "archivelist.fwx").status_code == 401
    assert client.http.get(site + "nothing.fwx", headers=headers).status_code == 404


def test_post_as_well_as_get(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    client = fotoweb().login()
    http, site, headers = client.http, dam_sandbox.fotoweb, {"Cookie": client.cookie}
    url = f"{site}{AGENT}/5000/Search"
    wanted = {"Search": "photos", "MaxHits": "1", "PreviewSize": ["100", "200"]}
    for where in ("params", "data"):
        (file,) = xml(http.post(url, headers=headers, **{where: wanted})).findall("File")
        assert len(file.findall("PreviewLinks/PreviewUrl")) == 2
        image: dict[str, Any] = {where: {"Id": file.attrib["Id"]}, "headers": headers}
        assert len(xml(http.post(f"{site}{AGENT}/5000/FileInfo", **image))) == 1
        for command, size in (("Preview", (1024, 768)), ("Download", (1600, 1200))):
            picture = http.post(f"{site}{AGENT}/5000/{command}", **image)
            assert size_of(picture.content) == size
    refused = http.put(url, headers=headers)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, POST")
    assert http.head(url, headers=headers).status_code == 200


def test_image_ids_belong_to_a_device_token(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    first, second = fotoweb().login(), fotoweb().login()
    found = [ids(client.agent("/5000/Search", MaxHits="3").text) for client in (first, second)]
    assert len(set(found[0] + found[1])) == 6
    assert ids(first.agent("/5000/FileInfo", Id=found[0][0]).text) == found[0][:1]
    for command in ("FileInfo", "Preview", "Download"):
        assert first.agent(f"/5000/{command}", Id=found[0][0]).status_code == 200
        assert second.agent(f"/5000/{command}", Id=found[0][0]).status_code == 404
    # In a list, what is missing is left out.
    mixed = first.agent("/5000/FileInfo", Id=[found[1][0], found[0][1]])
    assert ids(mixed.text) == [found[0][1]]


def test_image_ids_belong_to_nothing_else(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    dam_sandbox.knobs(missing_session_fotoweb="guest")
    client = fotoweb().login()
    image = ids(client.agent("/5000/Search").text)[0]
    # Not to the archive, nor to the way in which the device token was obtained or is sent.
    for path in ("/5000/FileInfo", "/5001/FileInfo", "/FileInfo"):
        assert client.agent(path, Id=image).status_code == 200
        assert client.agent(path, Id=image, lt=fresh_token(dam_sandbox)).status_code == 200
    # Without one there is nothing to belong to: not to a user, nor to being one.
    stranger = fotoweb()
    for one in (ADA, {"u": "kåre.øst", "p": "pässwörd;&=+%41"}, {}):
        shared = ids(stranger.agent("/5000/Search", **one).text)
        for other in (ADA, {"u": "DOMAIN\\user", "p": "domain-password"}):
            assert ids(stranger.agent("/5000/FileInfo", Id=shared[0], **other).text) == shared[:1]
            assert stranger.agent("/5000/Download", Id=shared[0], **other).status_code == 200
        assert stranger.agent("/5000/FileInfo", Id=shared[0]).status_code == 200
        assert client.agent("/5000/FileInfo", Id=shared[0]).status_code == 404
    assert stranger.agent("/5000/FileInfo", Id=image).status_code == 404
    # What a guest may not see stays hidden all the same.
    hidden = ids(stranger.agent("/5000/Search", **ADA).text)[1]
    for command in ("FileInfo", "Preview", "Download"):
        assert stranger.agent(f"/5000/{command}", Id=hidden).status_code == 404


def test_a_guest_sees_less_and_downloads_nothing(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    dam_sandbox.knobs(missing_session_fotoweb="guest")
    guest = fotoweb()
    found = xml(guest.agent("/5000/Search"))
    assert found.attrib["TotalHits"] == "20"
    assert guest.agent("/5000/Download", Id=found[0].attrib["Id"]).status_code == 403
    hidden = files(fotoweb().login())[1].attrib["X-FoxToken"]
    for fox, status in ((hidden, 404), (found[0].attrib["X-FoxToken"], 200)):
        response = guest.http.get(dam_sandbox.fotoweb + REST + "preview.fwx", params={"f": fox})
        assert response.status_code == status
