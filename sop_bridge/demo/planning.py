def load(env):
    return True
