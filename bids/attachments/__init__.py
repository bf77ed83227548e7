"""Files that go with a bid, where its stage allows them."""
