"""The same load on ours and on node-oidc-provider, in turns, each pinned to the same core: ratios, not figures."""
