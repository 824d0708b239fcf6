"""From a training set to a champion, scores and reasons."""
