"""When a word is taken for a name that was written with one letter wrong. Pure."""

FEWEST_LETTERS = 5  # a shorter word is one letter from too many others


def is_one_edit(left: str, right: str) -> bool:
    """Whether one letter was changed, added, left out or swapped with the next one."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    short, long = sorted((left, right), key=len)
    same = next((place for place, char in enumerate(short) if char != long[place]), len(short))
    if len(short) < len(long):
        return short[same:] == long[same + 1 :]
    swapped = short[same : same + 2][::-1] == long[same : same + 2] and short[same + 2 :] == long[same + 2 :]
    return swapped or short[same + 1 :] == long[same + 1 :]
