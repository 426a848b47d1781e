"""What keys pressed in a conversation do: one file for each metaflow action.

A file's name is the module as metaflows name it. It has `Data`, the model of its data, and
`handle`, a coroutine that gets the `Press` and the data, and returns Continue or Stop.
"""
