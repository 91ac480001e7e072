"""What to do about a pest or disease: when to spray, with what in turn, what comes before any spray, and what is law.

Pure: no store, no clock. Texts come in Chinese and English; products are never named, only classes.
"""
