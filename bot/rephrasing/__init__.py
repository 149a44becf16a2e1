"""Composing by a language model, off unless an endpoint is set: it may only put the quoted passages into other words.

The model is not trusted. What it says is checked sentence by sentence against the passages that it cites, and what fails is
dropped; where too little is left, or the model is slow, down or hostile, the quoted answer is given as if there were none.
"""
