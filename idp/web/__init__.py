"""Thin Flask: parse a request, call one service, render a page or a redirect.

Owns cookies, headers, pages and the words on them. Never imports SQLAlchemy, nor decides anything that a service could.

Invariant: nothing in a response is derived from the Host header, and no response goes out without its security headers.
"""
