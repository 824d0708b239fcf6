"""Ways of writing a name that have opened doors elsewhere."""

from tests.isolation.attempts import Trick

PLAIN = Trick("the plain name", lambda name, _: name)

TRICKS = (
    PLAIN,
    Trick("../owner/name", lambda name, owner: f"../{owner}/{name}"),
    Trick("../../ many", lambda name, owner: "../" * 12 + f"{owner}/{name}"),
    Trick("owner/name", lambda name, owner: f"{owner}/{name}"),
    Trick("owner:name", lambda name, owner: f"{owner}:{name}"),
    Trick("absolute path", lambda name, owner: f"/{owner}/{name}"),
    Trick("file URL", lambda name, owner: f"file:///{owner}/{name}"),
    Trick("backslashes", lambda name, owner: f"..\\{owner}\\{name}"),
    Trick("percent-encoded", lambda name, owner: f"%2e%2e%2f{owner}%2f{name}"),
    Trick("encoded twice", lambda name, owner: f"%252e%252e%252f{owner}%252f{name}"),
    Trick("fullwidth dots", lambda name, owner: f"．．／{owner}／{name}"),
    Trick("overlong UTF-8", lambda name, owner: f"\udcc0\udcae\udcc0\udcae/{owner}/{name}"),
    Trick("NUL after", lambda name, _: f"{name}\0"),
    Trick("NUL and ending", lambda name, _: f"{name}\0.csv"),
    Trick("half a surrogate", lambda name, _: f"{name}\ud800"),
    Trick("right-to-left", lambda name, _: f"\u202e{name}"),
    Trick("zero width", lambda name, _: f"{name[:1]}\u200b{name[1:]}"),
    Trick("line after", lambda name, _: f"{name}\n"),
    Trick("space before", lambda name, _: f" {name}"),
    Trick("overlong", lambda name, _: name + "a" * 5000),
    Trick("' OR 1=1 --", lambda name, _: f"{name}' OR '1'='1' --"),
    Trick("UNION SELECT", lambda name, _: f"{name}') UNION SELECT * FROM uploads --"),
    Trick("DROP TABLE", lambda name, _: f'{name}"; DROP TABLE uploads; --'),
    Trick("LIKE wildcard", lambda name, _: f"{name[:2]}%"),
    Trick("glob", lambda name, _: f"{name[:2]}*"),
    Trick("shell", lambda name, _: f"$(cat {name})`id`;id"),
    Trick("template", lambda name, _: "{{" + name + "}}${" + name + "}"),
    Trick("format string", lambda name, _: "{0.__class__}{tenant}%s%n" + name),
    Trick("Markdown and HTML", lambda name, _: f"[{name}](javascript:alert(1))<img src=x>"),
    Trick("JSON", lambda name, _: f'{{"$ne": "{name}"}}'),
    Trick("nothing", lambda name, _: name[:0]),
)
