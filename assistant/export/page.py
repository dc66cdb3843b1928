"""One HTML page that stands alone: no scripts, nothing loaded, readable in light and dark, on paper and on a telephone."""

from __future__ import annotations

import html
import re
from typing import Final

import jinja2

from assistant.export.document import Document, Marks
from assistant.export.exact import on_one_line, restored, visible
from assistant.export.seal import CHECK, check_line, seal_line, sealed
from assistant.export.wording import described

__all__ = ["ENTRY", "quote_of", "render_page"]

# Inside the quotation `<` is always escaped, so the first closing tag ends it.
ENTRY: Final = re.compile(
    r'^<li id="e(?P<number>\d+)"><p>[^\n]*</p>\n<blockquote dir="auto">(?P<quote>[^<]*)</blockquote>\n'
    rf'<p><code class="check">(?P<check>{CHECK})</code></p></li>$',
    re.MULTILINE,
)

_TEMPLATE: Final = """\
{%- macro line(inlines) -%}
{%- for inline in inlines -%}
{%- if is_marks(inline) -%}
<span class="ref">[{{ inline.label }}{% for n in inline.numbers %}{% if not loop.first %}, {% endif %}\
<a href="#e{{ n }}">{{ n }}</a>{% endfor %}]</span>
{%- elif inline.style == "strong" -%}<strong>{{ inline.text | run }}</strong>
{%- elif inline.style == "italic" -%}<em>{{ inline.text | run }}</em>
{%- else -%}{{ inline.text | run }}
{%- endif -%}
{%- endfor -%}
{%- endmacro -%}
{%- macro show(block) -%}
{%- set kind = block.__class__.__name__ -%}
{%- if kind == "Heading" -%}<h{{ block.level }}>{{ block.text | run }}</h{{ block.level }}>
{%- elif kind == "Quotation" -%}<blockquote dir="auto">{% if block.label %}<strong>{{ block.label }}:</strong> {% endif %}\
{{ block.text | run }}</blockquote>
{%- elif kind == "Bullets" -%}<ul>
{% for item in block.items %}<li dir="auto">{{ line(item) }}</li>
{% endfor %}</ul>
{%- else -%}<p dir="auto"{% if block.small %} class="small"{% endif %}>{{ line(block.inlines) }}</p>
{%- endif -%}
{%- endmacro -%}
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ document.title | run }}</title>
<style>
:root { color-scheme: light dark; }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.06rem/1.6 Georgia, "Times New Roman", serif; }
h1 { line-height: 1.25; } h2 { margin-top: 2.4rem; } h3 { margin: 2rem 0 .4rem; }
blockquote { margin: .6rem 0; padding: .1rem 0 .1rem 1rem; border-left: 3px solid #8a8a8a; overflow-wrap: anywhere; }
#evidence blockquote { white-space: pre-wrap; }
.ref, .small { font-size: .85em; } .ref a { text-decoration: none; }
code { font-size: .7rem; overflow-wrap: anywhere; opacity: .75; }
#evidence { font-size: .95em; } #evidence p { margin: .2rem 0; } #evidence li { margin-bottom: 1.1rem; list-style: none; }
#evidence ol { padding: 0; } li:target { outline: 2px solid #c80; outline-offset: .4rem; }
@media print { code { opacity: 1; } a { color: inherit; } }
</style>
</head>
<body>
<main>
<h1 dir="auto">{{ document.title | run }}</h1>
{% for section in document.body %}<section>
{% for block in section.blocks %}{{ show(block) }}
{% endfor %}</section>
{% endfor %}{% if document.entries %}<section id="evidence">
<h2>Evidence</h2>
<ol>
{% for entry in document.entries %}<li id="e{{ entry.number }}"><p><strong>[{{ entry.number }}]</strong> \
<cite>{{ entry.citation.title | run }}</cite>, {{ entry.citation | described | run }}</p>
<blockquote dir="auto">{{ entry.citation.quote | visible }}</blockquote>
<p><code class="check">{{ check_line(entry.number, entry.citation) }}</code></p></li>
{% endfor %}</ol>
</section>
{% endif %}{% for section in document.closing %}<section>
{% for block in section.blocks %}{{ show(block) }}
{% endfor %}</section>
{% endfor %}</main>
<p><code class="seal">{{ seal }}</code></p>
</body>
</html>
"""


def render_page(document: Document) -> str:
    """Return the document as one sealed HTML page."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(run=_run, visible=visible, described=described)
    environment.globals.update(is_marks=lambda inline: isinstance(inline, Marks), check_line=check_line)
    template = environment.from_string(_TEMPLATE)
    return sealed(template.render(document=document, seal=seal_line("html", len(document.entries))) + "\n")


def quote_of(shown: str) -> str:
    """Return the quotation that an evidence entry shows, without its escapes."""
    return restored(html.unescape(shown))


def _run(text: str) -> str:
    """Return a run on one line, the blanks at its ends kept: they part it from the next."""
    before, after = text[:1].isspace(), len(text) > 1 and text[-1:].isspace()
    return f"{' ' * before}{on_one_line(text)}{' ' * after}"
