"""What a page's policy allows: its own scripts, by their hashes, and the frame of its explorables."""

from _ext.policy import inline_scripts, policy, source_hash, with_policy

PAGE = """<html>
<head>
<meta charset="utf-8">
<script>one()</script>
<script src="two.js" onerror="a => '&quot;three&quot;'">
</script></head><body onload='four()'>
<script type="module">if (a > b) { five("<b onclick=\\"no()\\">") }</script>
</body></html>"""


def test_all_that_runs_from_the_pages_text_is_found():
    found = list(inline_scripts(PAGE))
    assert found == [
        "one()",
        'if (a > b) { five("<b onclick=\\"no()\\">") }',
        "a => '\"three\"'",
        "four()",
    ]


def test_a_hash_is_that_of_the_standard():
    # The example of the specification: https://www.w3.org/TR/CSP3/, "Hash usage for script elements".
    assert source_hash("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


def test_the_policy_stands_first_and_once():
    page = with_policy(PAGE)
    assert with_policy(page) == page
    assert page.count("Content-Security-Policy") == 1
    assert page.index("Content-Security-Policy") < page.index("charset")


def test_blobs_are_for_pages_with_explorables():
    assert "blob:" not in policy(PAGE)
    with_explorable = PAGE.replace("two.js", "_static/explorables/page.js")
    assert "worker-src 'self' blob:" in policy(with_explorable)
    assert len(policy(with_explorable).split("sha256-")) == len(policy(PAGE).split("sha256-")) + 1
