"""One search box over everything of one tenant: masked texts, in an index made from the lake."""
