from trainer.api.branching import amend as amend
from trainer.api.branching import branch as branch
from trainer.api.loaded import LoadedModel as LoadedModel
from trainer.api.loaded import evaluate as evaluate
from trainer.api.loaded import load as load
from trainer.api.training import Training as Training
from trainer.api.training import train as train
from trainer.messages import UserError as UserError
from trainer.recipe.catalogue import CATALOGUE as CATALOGUE
from trainer.recipe.catalogue import find_recipe as find_recipe
from trainer.recipe.recipe import Recipe as Recipe

__version__: str
