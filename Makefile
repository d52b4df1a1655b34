# Tout ce qu'il faut, d'un dépôt fraîchement cloné, avec Python ≥ 3.11 et make seulement.

IN ?= sample_sheets
OUT ?= out
# the first Python at hand that is recent enough: a name alone may be a shim without a version behind it
PYTHON ?= $(shell for one in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$one" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$one"; break; }; done)
# the folder of documents, where it is not « pieces » beside each workbook
PIECES ?=
VENV := .venv
BIN := $(VENV)/bin
CONVERTER := $(BIN)/python -m converter

# `.venv/bin/converter`, as an installed package has it, on the code of this checkout
define make-command
printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/$(BIN)/python" -m converter "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $(BIN)/converter && chmod +x $(BIN)/converter
endef

.PHONY: convert validate template web test fuzz lint bench mutants audit docs images lock clean help
.DEFAULT_GOAL := help

help: ## cette aide
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

# 1: some requests are held back, and the summary above says which: no error of make's own
convert: $(VENV)/.convert ## convertit les classeurs de IN (sample_sheets) dans OUT (out)
	@$(CONVERTER) convert "$(IN)" --out "$(OUT)" $(if $(PIECES),--attachments "$(PIECES)") || [ $$? -eq 1 ]

validate: $(VENV)/.convert ## contrôle les classeurs de IN sans rien émettre
	@$(CONVERTER) validate "$(IN)" --out "$(OUT)" $(if $(PIECES),--attachments "$(PIECES)") || [ $$? -eq 1 ]

template: $(VENV)/.convert ## écrit le classeur à remplir, modele-mdv-lgc.xlsx
	@$(CONVERTER) template

web: $(VENV)/.web ## ouvre la page dans le navigateur, pour qui n'ouvre jamais de terminal
	@$(CONVERTER) web --out "$(OUT)" $(ARGS)

test: $(VENV)/.dev ## lance les tests
	$(BIN)/python -m pytest -n auto

fuzz: $(VENV)/.dev ## cherche dix minutes des fichiers qui feraient un faux pas
	$(BIN)/python -m tests.fuzz $(ARGS)

lint: $(VENV)/.dev ## vérifie le style et les types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## mesure la vitesse contre son plancher, et l'écrit dans docs/performance.md
	$(BIN)/python -m tests.bench $(ARGS)

mutants: $(VENV)/.dev ## cherche ce qui changerait dans les règles et les contrôles sans qu'aucun test le voie
	$(BIN)/python -m tests.mutants $(ARGS)

audit: $(VENV)/.dev ## cherche les failles connues des dépendances et du code
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.lock
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements-web.lock
	$(BIN)/bandit -q -c pyproject.toml -r converter

docs: $(VENV)/.dev ## refait les pages et fichiers tirés des déclarations
	$(BIN)/python -m converter.views.docs_pages
	$(BIN)/python -m converter.portal.json_schema
	$(BIN)/python -m converter.views.template

images: $(VENV)/.dev ## reprend les images de la page d'accueil (Chromium, LibreOffice)
	$(BIN)/python -m tests.images

lock: $(VENV)/.dev ## refait les fichiers de verrouillage des dépendances
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--extra web pyproject.toml -o requirements-web.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--extra dev pyproject.toml -o requirements-dev.lock

clean: ## efface l'environnement et les caches, jamais OUT
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@[ -n "$(PYTHON)" ] && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Il faut Python 3.11 ou plus récent : indiquez-le par « make … PYTHON=/chemin/vers/python3.11 »." >&2; exit 2; }
	@echo "Préparation de l'environnement ($(VENV))…" >&2
	@$(PYTHON) -m venv $(VENV) || { echo "Le module venv de Python manque : installez-le (Debian : apt install python3-venv)." >&2; exit 2; }
	@touch $@

$(VENV)/.convert: $(VENV)/.python requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock >&2
	@$(make-command)
	@touch $@

$(VENV)/.web: $(VENV)/.python requirements-web.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-web.lock >&2
	@$(make-command)
	@touch $@ $(VENV)/.convert

$(VENV)/.dev: $(VENV)/.python requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock >&2
	@$(make-command)
	@touch $@ $(VENV)/.convert $(VENV)/.web
