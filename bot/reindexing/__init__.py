"""A new index: built beside the one that serves, compared with it question by question, published or refused; and the way back."""
